# maximal-update-table-8 under adam
# PyTorch: [{"params": [p], **OPTIMIZER[name]} for name, p in model.named_parameters()]
# weight_decay enters by the kind `times-rate`
OPTIMIZER = {
    "layers.0.weight": {"lr": 0.001, "eps": 9.765625e-12, "weight_decay": 0.1},
    "layers.0.bias": {"lr": 0.001, "eps": 9.765625e-12, "weight_decay": 0.1},
    "layers.1.weight": {"lr": 9.765625e-7, "eps": 1.953125e-11, "weight_decay": 102.4},
    "layers.1.bias": {"lr": 0.001, "eps": 1.953125e-11, "weight_decay": 0.1},
    "readout.weight": {"lr": 0.001, "eps": 1.953125e-11, "weight_decay": 0.1},
    "readout.bias": {"lr": 0.001, "eps": 1e-8, "weight_decay": 0.1},
}
# kind and scale: the standard deviation of a gaussian, the singular values of an orthogonal matrix
INITIAL = {
    "layers.0.weight": ("gaussian", 0.03571428571428571),
    "layers.0.bias": ("zero", 0.0),
    "layers.1.weight": ("gaussian", 0.03125),
    "layers.1.bias": ("zero", 0.0),
    "readout.weight": ("zero", 0.0),
    "readout.bias": ("zero", 0.0),
}
# what the product with the parameter is multiplied by; 1 for those that are not here
MULTIPLIER = {
    "readout.weight": 0.001953125,
}
