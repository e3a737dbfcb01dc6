package dev.neurite.train;

import dev.neurite.model.Model;
import dev.neurite.model.Profile;
import dev.neurite.optim.Iteration;
import dev.neurite.signature.Signature;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The result of a training.
///
/// <!-- Snippets#run -->
/// ```java
/// double loss = run.loss(); //                              after the last epoch
/// Model trained = run.model();
/// for (var epoch : run.history().epochs()) out.println(epoch.loss());
/// ```
/// @param model the trained model, with the average of its parameters if there is one
/// ([Trainer#average])
/// @param last the model after the last step
/// @param history the results of the epochs
/// @param profile the time of the steps by layer and phase; without rows unless [Trainer#profile] is
/// set
/// @param minimum the last iteration of [Trainer#minimizer]; empty with an optimizer
/// @param stopReason why training ended early: the reason of the callback that ended it, or `interrupted`
/// if the thread was; empty if it ran all epochs
/// @param paused whether [Trainer#resume] would continue it
/// @param signature what the model takes and gives, as the data says; [dev.neurite.io.ModelFile#of] saves it
public record Run(
        Model model,
        Model last,
        History history,
        Profile profile,
        Optional<Iteration> minimum,
        Optional<String> stopReason,
        boolean paused,
        Signature signature) {
    /// The training in two lines, the second of its last epoch: `60 epochs, 51 parameters` and
    /// `epoch 60  loss 0.0713  acc 0.9750  | validation loss 0.0871  acc 0.9667  0.01 s`.
    @Override
    public String toString() {
        String ended = history.epochs().size()
                + (history.epochs().size() == 1 ? " epoch" : " epochs")
                + String.format(
                        Locale.ROOT, ", %,d parameters", model.parameters().size())
                + stopReason.map(reason -> ", ended early: " + reason).orElse("");
        return history.epochs().isEmpty() ? ended : ended + "\n" + history.last();
    }

    /// The last evaluation on the validation data: after the last epoch, or the last that was evaluated.
    /// @throws NoSuchElementException without validation data, or if the training ended before its first epoch did
    public Evaluation validation() {
        return history.epochs().reversed().stream()
                .flatMap(each -> each.validation().stream())
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(
                        "validation: expects an epoch that was evaluated, got none: give fit validation data"));
    }

    /// The accuracy on the validation data after the last epoch, from 0 to 1.
    /// @throws NoSuchElementException as [#validation()] does, or for targets that are values
    public double accuracy() {
        return validation()
                .accuracy()
                .orElseThrow(() -> new NoSuchElementException("accuracy: expects class labels, got values as targets"));
    }

    /// The loss on the validation data after the last epoch.
    /// @throws NoSuchElementException as [#validation()] does
    public double loss() {
        return validation().loss();
    }
}
