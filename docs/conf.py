"""Sphinx configuration. Every warning is an error (`make docs`), and the Python blocks run as tests."""

import logging
import re
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

import askul_connect

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "askul-connect"
author = "askul-connect contributors"
copyright = "2026, askul-connect contributors"
release = version = installed_version("askul-connect")

# No intersphinx: the build needs no network and gives the same result everywhere.
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "_pages", "**/_*.md"]
templates_path: list[str] = []

html_theme = "furo"
html_title = "askul-connect"

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
napoleon_numpy_docstring = False

nitpicky = True
# Without intersphinx nothing outside the package can be resolved. Our own names have to be.
# Types of values that only pass through a public signature have no page: messages are on the page of the operations.
_UNLISTED = (
    r"askul_connect\.(settings\.values"
    r"|core\.(messages|policies|domain\.(?!secrets)\w+|ports\.(documents|\w*storage)))\..*"
)
nitpick_ignore_regex = [("py:.*", r"(?!askul_connect(\.|$)).*"), ("py:.*", _UNLISTED)]


def link_by_public_name(
    app: "Sphinx", env: "BuildEnvironment", node: "pending_xref", contnode: "nodes.Element"
) -> "nodes.Node | None":
    """Let a type named by the module it is written in (askul_connect.core...) lead to its public name."""
    target = node.get("reftarget", "")
    name = target.rpartition(".")[2]
    if node.get("refdomain") != "py" or not re.fullmatch(r"(askul_connect\.[\w.]+|\w+)", target):
        return None
    if name not in askul_connect.__all__ or target == f"askul_connect.{name}":
        return None
    domain = env.domains["py"]
    source = node.get("refdoc", env.docname)
    return domain.resolve_xref(env, source, app.builder, "obj", f"askul_connect.{name}", node, contnode)


def setup(app: "Sphinx") -> None:
    """Register what this file adds."""
    # A section may still be empty; its index page picks up pages as they come. Sphinx gives this warning no
    # type, so suppress_warnings cannot name it.
    logger = logging.getLogger("sphinx.sphinx.directives.other")
    logger.addFilter(lambda record: getattr(record, "subtype", "") != "empty_glob")
    app.connect("missing-reference", link_by_public_name)
    # Pygments has no lexers of these names. Tests find the examples fenced as csv; GitHub draws mermaid.
    app.add_lexer("csv", TextLexer)
    app.add_lexer("mermaid", TextLexer)
