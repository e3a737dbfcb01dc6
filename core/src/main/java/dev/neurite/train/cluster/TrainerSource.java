package dev.neurite.train.cluster;

import dev.neurite.model.Model;
import dev.neurite.train.Trainer;
import java.io.Serializable;

/// Makes the trainer of a cluster's training on each of its workers. A lambda will do, if its class is on
/// their class path: `model -> Trainer.of(model).optimizer(adam(1e-3)).shards(8)`.
///
/// It must make the trainer that the driver has: every setting that a [dev.neurite.train.TrainingSession]
/// depends on is compared, and another one is refused. The driver decides on the rest: on epochs, callbacks,
/// metrics, threads.
@FunctionalInterface
public interface TrainerSource extends Serializable {
    /// The trainer.
    /// @param model the model to train; the layers are those of the driver's
    Trainer trainer(Model model);
}
