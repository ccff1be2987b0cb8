"""How Sphinx makes the site. Nothing in it is fetched from elsewhere when a page is opened."""

import shutil
from importlib.util import find_spec
from pathlib import Path

project = "Pruning neural networks with the interpolative decomposition"
html_title = project
author = copyright = "the authors of tutorial_helpers"
language = "en"

extensions = ["myst_nb"]
nb_execution_mode = "off"  # build.py has run them
nb_output_stderr = "remove-warn"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["page.css"]
html_js_files = [("page.js", {"defer": "defer"})]
html_show_search_summary = False  # it would need a server
html_copy_source = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

# one file that needs no fonts, since a browser refuses fonts beside a page opened from disk
mathjax_path = "mathjax.js"
mathjax3_config = {"options": {"enableMenu": False}}


def copy_mathjax(app):
    """Put MathJax beside the pages."""
    package = Path(find_spec("sphinx-mathjax-offline").origin).parent
    target = app.outdir / "_static" / mathjax_path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(package / "static" / "mathjax" / "tex-svg-full.js", target)


def setup(app):
    """Tell Sphinx about the copy."""
    app.connect("builder-inited", copy_mathjax)
