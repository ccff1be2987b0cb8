"""Prune neural networks with the interpolative decomposition: the helpers of the lessons.

The core can be read in one evening, in this order, which is also the order in which data flow:

1. ``_validation``: checks of arguments,
2. ``data``: digits in two halves,
3. ``networks``: weights, activations, logits, and the smaller network,
4. ``decomposition``: pivoted QR, the interpolative decomposition, triangles,
5. ``selection``: which neurons stay,
6. ``correction``: how the next layer makes up for the neurons that are gone,
7. ``pruning``: both together,
8. ``curves``: every k from one factorization,
9. ``bounds``: how far a pruned network can be off.

What else there is belongs to single lessons: ``timing``, ``convolution``, ``deep``, ``streaming``,
``language``, ``transformer``, ``rivals``, ``running`` (with ``_fingerprint``), ``studies`` and
``comparisons``; ``figures`` draws, ``checks`` holds the exercises. The first line of each module
names its lessons.
"""

from .bounds import agreement_lower_limit, certified, error_bound
from .checks import claim, progress
from .comparisons import Comparisons, paired_differences
from .convolution import (
    ConvolutionalNetwork,
    as_images,
    channel_matrix,
    convolve,
    load_convolutional_network,
    max_pool,
    patch_matrix,
    prune_channels,
)
from .correction import interpolation, least_squares, mean_into_bias, ridge
from .curves import EveryK, accuracy_at_every_k, agreement, logits_at_every_k, smallest_k
from .data import load_digits_split
from .decomposition import PivotedQR, interpolative_decomposition
from .deep import greedy_path, network_size, prune_layers, uniform_path, widths_within
from .figures import (
    curve_scene,
    draw_digit,
    explore_k,
    heat_scene,
    load_drawing_network,
    load_drawings,
    margin_scene,
    plot_curves,
    plot_differences,
    plot_images,
    plot_stretch,
    rebuild_scene,
    show,
    show_snapshots,
    weights_scene,
)
from .networks import hidden_activations, logits, smaller_network, train_network
from .pruning import prune, prune_by_id, prune_by_magnitude
from .rivals import (
    by_taylor,
    distilled_network,
    initial_network,
    rescaled,
    scratch_network,
    ticket,
)
from .running import run_study
from .selection import (
    at_random,
    by_greedy,
    by_id,
    by_leverage,
    by_magnitude,
    by_norm_product,
    by_strong_id,
    by_variance,
    strong_columns,
)
from .streaming import triangle
from .studies import compare_methods, generated_split, load_settings, load_study
from .timing import paired_ratio, time_calls, time_predict
from .transformer import (
    layer_norm,
    load_vision_transformer,
    patch_tokens,
    prune_feed_forward,
    shared_widths,
)

__all__ = """
load_digits_split train_network hidden_activations logits smaller_network PivotedQR
interpolative_decomposition by_magnitude at_random by_id by_norm_product by_variance by_leverage
by_strong_id strong_columns by_greedy mean_into_bias interpolation least_squares ridge
prune_by_magnitude prune_by_id prune EveryK logits_at_every_k accuracy_at_every_k smallest_k
agreement as_images patch_matrix convolve max_pool ConvolutionalNetwork load_convolutional_network
channel_matrix prune_channels network_size prune_layers uniform_path greedy_path widths_within
patch_tokens layer_norm load_vision_transformer prune_feed_forward shared_widths
by_taylor rescaled initial_network ticket scratch_network distilled_network
generated_split compare_methods run_study load_study load_settings
paired_differences Comparisons triangle
error_bound certified agreement_lower_limit time_calls time_predict paired_ratio show plot_images
plot_curves plot_differences plot_stretch curve_scene weights_scene rebuild_scene margin_scene
heat_scene explore_k show_snapshots draw_digit load_drawing_network load_drawings claim progress
""".split()
