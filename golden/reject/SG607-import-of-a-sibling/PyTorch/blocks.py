"""Parts of networks."""


class Detector:
    pass
