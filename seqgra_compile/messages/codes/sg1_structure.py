"""SG1: the XML, and which element holds which."""

from __future__ import annotations

from .row import Explanation

STRUCTURE = {
    "SG101": Explanation(
        "not readable or not well-formed XML",
        """
        The file cannot be read as XML: a tag is not closed, an attribute's value has no quotes, a
        character cannot stand where it stands, or the bytes are not in the declared encoding.
        Nothing behind that place can be trusted, so this error stands alone.

            <name>Zinc & copper</name>

        A plain & starts an entity. Write &amp; for & and &lt; for <, and save the file as UTF-8:

            <name>Zinc &amp; copper</name>
        """,
    ),
    "SG102": Explanation(
        "the file is empty",
        """
        The file, or what came through standard input, holds nothing or only white space. Often a
        command earlier in a pipe failed, or the wrong file is named.

            some-command | seqgra-compile -

        Look at what that command printed. A definition starts with <seqgramodel>.
        """,
    ),
    "SG103": Explanation(
        "a document type declaration",
        """
        A definition needs no document type. Such a declaration can name other files and define
        entities that grow without end; both would make the result depend on more than the text
        that a reviewer reads. So it ends the reading.

            <!DOCTYPE seqgramodel SYSTEM "model.dtd">

        Delete the line. For completion in an editor, name the XML schema instead, in the attribute
        xsi:noNamespaceSchemaLocation of <seqgramodel>.
        """,
    ),
    "SG104": Explanation(
        "an unknown element",
        """
        The element is not one of those that may stand here. It is not skipped: what a definition
        says and nobody reads would still look as if it decided something.

            <general id="m1">
              <titel>My model</titel>

        Correct the name, move the element to where it belongs, or delete it. The outermost element
        of a model definition is <seqgramodel>; <seqgradata> starts a data definition, which
        describes sequences and not a model.
        """,
    ),
    "SG105": Explanation(
        "larger or deeper than any definition",
        """
        Not read is a definition of more than 16 MiB, of more than 131,072 elements and attributes,
        nested more than 32 deep, or of more than 5,000 operations; and what is wrong with it is not
        looked for beyond 1,000 reports. A definition nests four deep and holds some kilobytes; what
        is beyond is another kind of file, or an attempt to exhaust the compiler.

            <a><a><a><a> ... </a></a></a></a>

        Name the right file. If labels make it large, write them as a pattern: <pattern
        prefix="c" min="1" max="10000"/>.
        """,
    ),
    "SG106": Explanation(
        "a missing element",
        """
        An element that every definition needs is not there. Nothing is assumed in its place: a
        seed or a task that the definition does not tell would decide the result unseen.

            <general id="m1">
              <name>My model</name>
              <description/>
              <task>multi-class classification</task>
              <sequencespace>DNA</sequencespace>
            </general>

        Here library, labels and seed are missing. Add them; name and description may be empty, but
        are written all the same. loss, optimizer and trainingprocess are needed by every model
        that is trained.
        """,
    ),
    "SG107": Explanation(
        "one element too many",
        """
        An element stands here that may stand only once, or two that exclude one another: labels
        are a list or a pattern, and an architecture is sequential or external. Taking the first or
        the last of them would be a guess.

            <seed>17</seed>
            <seed>42</seed>

        Delete all but one.
        """,
    ),
    "SG108": Explanation(
        "an unknown attribute",
        """
        The element has no such attribute. Attributes whose names start with xsi: or xml: or xmlns
        are the XML tools' own and are passed over; any other must be known.

            <pattern prefix="c" from="1" max="10"/>

        Correct the name: a pattern takes prefix, postfix, min and max. (An operation's attributes
        are its parameters; for those see SG203.)
        """,
    ),
    "SG109": Explanation(
        "a missing attribute",
        """
        The element needs an attribute that is not there: the id of a model, the name of a
        hyperparameter, the max of a pattern, the format of an external architecture and, for a
        PyTorch module, the name of its class.

            <external format="pytorch-module">PyTorch/basset.py</external>

        Add it:

            <external format="pytorch-module" classname="Basset">PyTorch/basset.py</external>
        """,
    ),
    "SG110": Explanation(
        "text between elements",
        """
        The element holds other elements and no text of its own. Words between them are read by
        nobody, and are most often the rest of a tag or of a comment.

            <labels>
              three of them:
              <label>ctcf</label>

        Delete the text, or make it a comment: <!-- three of them -->.
        """,
    ),
    "SG111": Explanation(
        "elements out of order",
        """
        The elements of a section stand in a fixed order, the same in every definition, so that two
        definitions can be compared line by line. The order is also what the XML schema tells
        editors and seqgra.

            <seed>7</seed>
            <labels> ... </labels>

        Move the element to its place; the help line of the message shows the order.
        """,
    ),
}
