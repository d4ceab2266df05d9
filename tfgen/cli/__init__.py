import gc

# A command makes nearly all of its objects while it starts, by importing, and keeps them to its
# end: looking for garbage among them so often is a twentieth of the time of `tfgen render`.
gc.set_threshold(100_000, 20, 20)
