"""PyTorch: embedded architectures as a module, external modules as they are."""

from __future__ import annotations

from .. import ir
from ..catalog.losses import LOSSES, Scores
from ..catalog.operations import lower_to_torch
from ..catalog.operations.layers import FUNCTIONAL, Submodule, TorchLayer
from ..catalog.operations.row import torch_initial_values
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.regularizers import torch_regularizer
from ..catalog.semantics import FULL, PREDICT, SEMANTICS, WHOLE
from ..catalog.sequences import MULTI_CLASS
from ..ir import Import
from ..messages.diagnostics import Diagnostics
from ..pycode import Code, call, comment, fits, laid_out, listing, literal, prefixed
from ..script import LayerStatements, LoadedWeights, Statement
from ..script.pytorch import EmbeddedModule, Penalty, PyTorchScript
from ..source import Source
from . import common, weightsfiles
from .imports import import_lines

_TORCH = common.Oldest("torch", "torch", "PyTorch", (2, 4))
_RANDOM = Import("random")  # seeded as seqgra does
_IN_MEMORY = Import("io")  # where a checkpoint is made
_TRACEBACK = Import("traceback")  # of an embedded module
_LIBRARY = (Import("torch"), Import("torch", "nn"))
_IMPORTS = (
    *common.IMPORTS,
    _IN_MEMORY,
    _RANDOM,
    _TRACEBACK,
    Import("time"),
    *_LIBRARY,
    Import("tqdm", "tqdm"),
)
_PREDICT_IMPORTS = (*common.PREDICT_IMPORTS, Import("os"), _TRACEBACK, *_LIBRARY)

# What the templates define, and the built-in functions that they call: an embedded module must
# not redefine these names. A test holds the list against the scripts in golden/.
OWN_NAMES = frozenset(
    """
    CODE_OF REMEDY DiskArray read_examples contents make_cache read_set one_hot build_model build_loss build_optimizer clip_gradients adapt_epsilon
    draw stream_order train_epoch evaluate waited train
    parse_arguments set_seed choose_device warn is_sorted read_sets checked check_normalization write_predictions main
    BEGUN save packed sha256 open_folder files_in check_same_run add_origin add_sources named save_epoch resume find_copies areas
    raw count_weights predictions write_results say_end finish stream
    MODEL_ID LABELS SEED BATCH_SIZE EPOCHS PATIENCE CLIPNORM CLIPVALUE __file__ __name__
    AttributeError BlockingIOError Exception FileExistsError FileNotFoundError IsADirectoryError
    KeyboardInterrupt LookupError ModuleNotFoundError NameError NotADirectoryError OSError RuntimeError SystemExit TypeError
    ValueError __doc__ __file__ __name__ all any bool bytearray bytes dict enumerate filter float getattr globals hasattr
    hash int isinstance len list map max memoryview min next object open print range repr round set slice sorted str
    sum tuple type zip
    """.split()
)

# And the names of the section Processes.
SHARDS_NAMES = frozenset(
    "RANK PROCESSES SHARDS join share together set_gradients check_parts int".split()
)
PREDICT_NAMES = frozenset(
    """
    CODE_OF UNPACK refuse read_lines read_sequences read_examples batches one_hot build_model
    parse_arguments choose_device check_receipt load_model checked predict write_scores main
    MODEL_ID LABELS BATCH_SIZE __file__ __name__ __doc__
    EOFError Exception KeyboardInterrupt LookupError ModuleNotFoundError OSError SystemExit
    TypeError ValueError bytearray bytes chr dict enumerate getattr hasattr int isinstance len
    list next object open print range str super tuple type zip
    """.split()
)

_METHOD = 8  # columns before the statements of the model's methods
_PROBABILITIES = {
    (Scores.LOGITS, "softmax"): ".softmax(dim=1)",
    (Scores.LOGITS, "sigmoid"): ".sigmoid()",
    (Scores.LOG_PROBABILITIES, "log_softmax"): ".exp()",
}
_MOVE = {
    (2, True): "x = x.permute(0, 2, 1)  # to (B, channels, length)",
    (2, False): "x = x.permute(0, 2, 1)  # to (B, length, channels)",
    (3, True): "x = x.permute(0, 3, 1, 2)  # to (B, channels, height, width)",
    (3, False): "x = x.permute(0, 2, 3, 1)  # to (B, height, width, channels)",
}


def arrange(model: ir.Model, source: Source, diagnostics: Diagnostics) -> PyTorchScript | None:
    """The script, or None if an embedded module's names collide with it."""
    architecture = model.architecture
    module = architecture if isinstance(architecture, ir.Module) else None
    if module and not _names_are_free(model, module, diagnostics):
        return None
    lowered = lower_all(architecture) if isinstance(architecture, ir.Network) else []
    layers = tuple(_layer(*each, last=each is lowered[-1]) for each in lowered)
    files = _weights_files(model, lowered)
    loss, scores = LOSSES[model.loss.name], common.scores(model)
    multi_class = model.task.value == MULTI_CLASS
    one_hot_targets = multi_class and not loss.indices
    logits = scores is Scores.LOGITS
    # seqgra cannot train an embedded PyTorch architecture, so only imitations make its draws here.
    draws = module is not None or SEMANTICS[model.semantics].imitates
    dependencies = _dependencies(model)
    names = [name.partition(">")[0] for name in dependencies]
    standard, packages = _imports(model, lowered, one_hot_targets, draws)
    two = model.input_encoding.value == "2D"
    shape = "(B, {}, 1, L)" if two else "(B, {}, L)"
    return PyTorchScript(
        **common.shared_fields(model, source, "pytorch", "saved_model.pth", shape),
        dependencies=", ".join(map(literal, dependencies)),
        future=module.future if module else (),
        imports=standard,
        packages=packages,
        checks=_TORCH.check,
        install=f"pip install {' '.join(names)}",
        optimizer=common.optimizer_text(model, Code("model.parameters()")),
        probabilities="scores" + _PROBABILITIES.get((scores, loss.activation or ""), ""),
        by_batch=logits and not multi_class,
        ranked="scores.double()" + (".softmax(dim=1)" if logits and multi_class else ""),
        scores="checked(model(x), len(x))" if module else "model(x)",
        predicted="scores.sigmoid() > 0.5" if logits else f"scores > {loss.threshold}",
        layers=layers,
        weights_files=files,
        module=_module(module) if module else None,
        build_model=f"{module.class_name}()" if module else "Model()",
        fragments=_fragments(lowered),
        penalties=_penalties(lowered),
        activity=any(_activity(operation, layer) for operation, layer, _ in lowered),
        clips_norm=model.optimizer.clipnorm.value is not None,
        clips_value=model.optimizer.clipvalue.value is not None,
        closure=OPTIMIZERS[model.library.value, model.optimizer.name].closure,
        keras_epsilon=model.optimizer.other_epsilon,
        one_hot_targets=one_hot_targets,
        draws=draws,
    )


Lowered = tuple[ir.Layer, TorchLayer, tuple[str, ...]]


def lower_all(architecture: ir.Network) -> list[Lowered]:
    """Each operation in PyTorch, with the moves of axes that it needs before it."""
    channels_first = True  # as the one-hot batches come
    lowered: list[Lowered] = []
    for operation in architecture.operations:
        layer = lower_to_torch(operation, channels_first)
        wanted = channels_first if layer.channels_first is None else layer.channels_first
        rank = len(operation.input_shape)
        moves = (_MOVE[rank, wanted],) if wanted != channels_first and rank > 1 else ()
        lowered.append((operation, layer, moves))
        channels_first = wanted
    return lowered


def _layer(
    operation: ir.Layer, layer: TorchLayer, moves: tuple[str, ...], last: bool
) -> LayerStatements:
    make = _made(layer.modules)
    make += [_statement(code, name) for name, code in torch_initial_values(operation, layer)]
    make += map(_statement, layer.initialize)
    if not operation["trainable"]:
        frozen = (f"self.{part.attribute}.requires_grad_(False)" for part in layer.modules)
        make += [Statement(text, "trainable") for text in frozen]
    make += _made(layer.functions)
    applied = _apply(operation, layer, moves, last)
    return LayerStatements(operation.number, common.heading(operation), tuple(make), applied)


def _made(parts: tuple[Submodule, ...]) -> list[Statement]:
    return [_statement(prefixed(f"self.{part.attribute} = ", part.call)) for part in parts]


def _statement(code: Code, parameter: str = "") -> Statement:
    """A statement of the model's methods."""
    return Statement(laid_out(code, _METHOD), parameter)


def _apply(
    operation: ir.Layer, layer: TorchLayer, moves: tuple[str, ...], last: bool
) -> tuple[Statement, ...]:
    """The statements of `forward`; those of the last operation return the result."""
    penalties = _activity(operation, layer)
    result = "return " if last and not penalties else "x = "
    line = Code(result + _nested(layer.steps))
    remark = _remark(operation, layer)
    end = (*penalties, Statement("return x")) if last and penalties else penalties
    moved = map(Statement, moves)
    if not layer.before and fits(line, _METHOD, remark):
        return (*moved, Statement(f"{line}  # {remark}"), *end)
    *steps, final = (step.format(x="x") for step in layer.steps)
    apart = [Code(f"x = {step}") for step in steps] + [Code(result + final)]
    lines = [line] if fits(line, _METHOD) else apart
    heading = Statement(f"# {common.heading(operation)}")
    return (heading, *moved, *map(_statement, (*layer.before, *lines)), *end)


def _nested(steps: tuple[str, ...]) -> str:
    """One expression of all steps, each applied to the previous one."""
    expression = "x"
    for step in steps:
        expression = step.format(x=expression)
    return expression


def _remark(operation: ir.Layer, layer: TorchLayer) -> str:
    """The shape of an operation's output and its weights; its name, if no submodule shows it."""
    weights = f", {operation.weight_count:,} weights" if operation.weights else ""
    named = layer.modules or layer.functions
    name = "" if named else f"{operation.number} {operation.name} "
    return f"{name}-> {operation.output_shape}{weights}"


def _activity(operation: ir.Layer, layer: TorchLayer) -> tuple[Statement, ...]:
    """Statements that add an activity regularizer's term, a mean over the batch."""
    name = "activity_regularizer"
    if name not in operation.arguments:
        return ()
    value = operation[name]
    if value is None:
        return ()
    return tuple(
        Statement(f"self.activity_penalty += ({term}) / len(x)", name)
        for result in layer.results
        for term in torch_regularizer(result, value)
    )


def _penalties(lowered: list[Lowered]) -> tuple[Penalty, ...]:
    """The regularizers' terms; Keras drops those of a frozen layer's weights."""
    terms = []
    for operation, layer, _ in lowered:
        roles = {weight.name: weight.role for weight in operation.weights}
        for placed in layer.weights if operation["trainable"] else ():
            role = roles[placed.name]
            value = operation.arguments.get(f"{role}_regularizer")
            if value and value.value:
                found = torch_regularizer(f"model.{placed.attribute}", value.value)
                terms += [Penalty(term, operation.number, role) for term in found]
    if any(_activity(operation, layer) for operation, layer, _ in lowered):
        terms.append(Penalty("model.activity_penalty"))
    return tuple(terms)


def _weights_files(model: ir.Model, lowered: list[Lowered]) -> tuple[LoadedWeights, ...]:
    if weightsfiles.reader(model) is None:
        return ()
    files = [*weightsfiles.open_statement(model.architecture)]
    for operation, layer, _ in lowered:
        if weightsfiles.has_weights(operation):
            places = {placed.name: placed for placed in layer.weights}
            ordered = [(places[weight.name], weight.shape) for weight in operation.weights]
            parameters = listing(
                (Code(f"model.{placed.attribute}"), shape, placed.axes) for placed, shape in ordered
            )
            read = weightsfiles.read_call(operation)
            files.append(
                weightsfiles.load_statement(call("set_weights", parameters, read), operation)
            )
    return tuple(files)


def _fragments(lowered: list[Lowered]) -> tuple[str, ...]:
    """Templates of the classes that the model needs, each once, in the order of their use."""
    fragments = [fragment for _, layer, _ in lowered for fragment in layer.fragments]
    return tuple(f"pytorch/{fragment.name}.py" for fragment in dict.fromkeys(fragments))


def _dependencies(model: ir.Model) -> tuple[str, ...]:
    """Names of packages; PyTorch's with the oldest version that is supported."""
    reader, architecture = weightsfiles.reader(model), model.architecture
    others = architecture.dependencies if isinstance(architecture, ir.Module) else ()
    others = (*others, *(reader.packages if reader else ()))
    own = {"numpy", _TORCH.requirement} | ({"tqdm"} if model.emit != PREDICT else set())
    return tuple(sorted({*own, *others}))


def _imports(
    model: ir.Model,
    lowered: list[Lowered],
    one_hot_targets: bool,
    draws: bool,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    architecture = model.architecture
    idle = {_RANDOM} if not draws else set()
    idle |= {_TRACEBACK} if not isinstance(architecture, ir.Module) else set()
    idle |= {_IN_MEMORY} if model.records != FULL else set()
    predicts = model.emit == PREDICT
    found = common.imports(model, _PREDICT_IMPORTS if predicts else _IMPORTS)
    imports = [bound for bound in found if bound not in idle]
    imports += (Import("math"),) if model.optimizer.other_epsilon and not predicts else ()
    if isinstance(architecture, ir.Module):
        own = {bound.binds: _target(bound) for bound in imports}
        imports += [
            bound for bound in architecture.imports if own.get(bound.binds) != _target(bound)
        ]
    imports += (FUNCTIONAL,) if one_hot_targets and not predicts else ()
    for _, layer, _ in lowered:
        imports += layer.imports
        imports += (bound for fragment in layer.fragments for bound in fragment.imports)
    reader = weightsfiles.reader(model)
    imports += reader.imports if reader else ()
    return import_lines(imports, common.STANDARD)


def _target(bound: Import) -> str:
    """What a name means: `import torch.nn as nn` and `from torch import nn` are the same."""
    if bound.name:
        return f"{bound.module}.{bound.name}"
    return bound.module if bound.alias else bound.module.partition(".")[0]


def _module(module: ir.Module) -> EmbeddedModule:
    return EmbeddedModule(
        f"# {comment(module.path)}, SHA-256\n# {module.sha256},\n# formatted by Black, its imports at the top, without a block for {' or '.join(module.left_out)}:",
        module.code,
    )


def _names_are_free(model: ir.Model, module: ir.Module, diagnostics: Diagnostics) -> bool:
    """Whether the module does not redefine the script's own names."""
    imports = common.imports(model, _PREDICT_IMPORTS if model.emit == PREDICT else _IMPORTS)
    own = {bound.binds: _target(bound) for bound in imports}
    constants = {constant.name for constant in common.constants(model)}
    taken = (PREDICT_NAMES if model.emit == PREDICT else OWN_NAMES) | constants | set(own)
    if model.shards != WHOLE:
        taken |= SHARDS_NAMES
    clashes = set(module.names & taken)
    for bound in module.imports:
        if bound.binds in taken and own.get(bound.binds) != _target(bound):
            clashes.add(bound.binds)
    if clashes:
        diagnostics.error(
            "SG606",
            module.span,
            f"'{module.path}' defines {', '.join(sorted(clashes))}, which the script uses itself",
            "rename it in the module",
        )
    return not clashes
