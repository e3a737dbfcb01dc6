package dev.neurite.spark;

import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.io.Serializable;

/// Makes the trainer of a cluster's training, on the driver and on each executor. A lambda will do, if its
/// class is on the executors' class path: `model -> Trainer.of(model).optimizer(adam(1e-3)).shards(8)`.
///
/// It must make an equal trainer each time. Callbacks, probes, metrics, threads and prefetching of the
/// trainer are not used.
@FunctionalInterface
public interface TrainerSource extends Serializable {
    /// The trainer.
    /// @param model the model to train; the same as on the driver
    Trainer trainer(Model model);
}
