def choose_device(gpu: int, threads: int) -> str:
    """Choose the GPU with this number, or the CPU for -1; make results repeatable.

    They are bit-identical only on one machine, with the same versions and threads.
    """
    gpus = tf.config.list_physical_devices("GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    tf.config.set_visible_devices([] if gpu == -1 else gpus[gpu], "GPU")
    if gpu != -1:
        tf.config.experimental.set_memory_growth(gpus[gpu], True)
        tf.config.experimental.enable_op_determinism()  # not needed on the CPU
    tf.config.experimental.enable_tensor_float_32_execution(False)  # full float32
    # Keras 3 makes NumPy 2 warn when it saves a model.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras")
    keras.config.set_floatx("float32")  # ~/.keras/keras.json could say otherwise
    keras.config.set_epsilon(1e-07)
    keras.config.set_image_data_format("channels_last")
    details = tf.config.experimental.get_device_details
    return "cpu" if gpu == -1 else f"gpu:{gpu} {details(gpus[gpu])['device_name']}"
