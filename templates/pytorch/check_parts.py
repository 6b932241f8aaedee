def check_parts(model: nn.Module) -> None:
    """Refuse layers that treat the parts of a batch differently from the whole."""
    for name, layer in model.train().named_modules():
        if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.training:
            problem = "takes statistics over a batch, whose parts are computed alone"
            sys.exit(f"{name} {problem}: compile this model without --shards")
