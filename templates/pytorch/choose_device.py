def choose_device(gpu: int, threads: int | None) -> torch.device:
    """The GPU with this number, or the CPU for -1. Results become repeatable: the same
    bits on one machine, with the same versions and number of threads.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.use_deterministic_algorithms(gpu != -1, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # would only cost time
    torch.empty(8_000_000)  # freed at once: glibc then keeps freed blocks for reuse
    torch.backends.cudnn.benchmark = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False  # TF32 has 10 mantissa bits, not 23
    return torch.device("cpu" if gpu == -1 else f"cuda:{gpu}")
