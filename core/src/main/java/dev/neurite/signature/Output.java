package dev.neurite.signature;

import dev.neurite.data.Dataset;
import dev.neurite.data.series.SeriesForm;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.loss.Loss;
import dev.neurite.model.Model;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What one output of a model says.
///
/// | kind | of a row the network gives | answer |
/// |---|---|---|
/// | [Classes] | a number for each class, or one for two classes | one class |
/// | [Labels] | a number for each label | any number of labels |
/// | [StepClasses] | a number for each class, at each step | a class for each step |
/// | [Values] | numbers | numbers in the units of the target |
/// | [Forecast] | a number for each step to come | the steps that follow a series |
/// | [Continuation] | a number for each token, at each step | the text that follows |
/// | [Numbers] | numbers | the numbers |
public sealed interface Output extends RowOrigin {
    /// What the numbers of the network are.
    enum Meaning {
        /// Probabilities.
        PROBABILITIES,
        /// Logits, of which a softmax makes probabilities.
        LOGITS,
        /// Logits, of which a sigmoid makes probabilities.
        SIGMOID_LOGITS,
        /// Scores, higher for likelier classes, that are no probabilities, as after a training with a hinge loss.
        SCORES;

        /// What the numbers of an output are.
        /// @param loss it was trained with
        public static Meaning of(Model model, int output, Loss loss) {
            Activation last = model.network().trailingActivation(output);
            if (last instanceof Softmax || last instanceof Sigmoid) return PROBABILITIES;
            return switch (loss.toProbabilities()) {
                case Softmax _ -> LOGITS;
                case Sigmoid _ -> SIGMOID_LOGITS;
                default -> SCORES;
            };
        }
    }

    /// One class of several.
    /// @param names by label
    /// @param meaning of the numbers
    /// @param threshold decides between two classes; empty for the likelier one
    record Classes(List<String> names, Meaning meaning, Optional<Threshold> threshold) implements Output {
        /// @throws ConfigException for a name that is there twice, or a threshold for other than two classes
        public Classes {
            names = distinct(names);
            if (threshold.isPresent()) threshold.get().label(names); // refuses others
        }

        /// Without a threshold.
        public Classes(List<String> names, Meaning meaning) {
            this(names, meaning, Optional.empty());
        }

        /// A copy with a threshold.
        /// @throws ConfigException unless there are two classes, of which it is one
        public Classes withThreshold(Threshold other) {
            return new Classes(names, meaning, Optional.of(other));
        }
    }

    /// Any number of labels, each with a probability of its own.
    /// @param names one for each number of the output
    record Labels(List<String> names, Meaning meaning) implements Output {
        /// @throws ConfigException for a name that is there twice
        public Labels {
            names = distinct(names);
        }
    }

    /// A class at each step.
    record StepClasses(List<String> names, Meaning meaning) implements Output {
        /// @throws ConfigException for a name that is there twice
        public StepClasses {
            names = distinct(names);
        }
    }

    /// Numbers in the units of the target: of an output y the value is y·scale + shift.
    /// @param names one for each number; empty for none
    record Values(List<String> names, double shift, double scale) implements Output {
        /// @throws ConfigException for a name that is there twice
        public Values {
            names = distinct(names);
        }
    }

    /// The values of the steps that follow a time series, the nearest first, in the units of the series.
    /// @param target the column that is forecast
    record Forecast(String target) implements Output {}

    /// The text that follows: at each position the next token, of the tokenizer of the text input.
    record Continuation() implements Output {}

    /// Numbers that are not described.
    record Numbers() implements Output {}

    private static List<String> distinct(List<String> names) {
        if (new HashSet<>(names).size() != names.size()) {
            throw new ConfigException("names", "expects each once, got " + names);
        }
        return List.copyOf(names);
    }

    /// The kind of an output by what its targets were made of; numbers where that does not fit.
    /// @param output its number
    static Output of(Model model, int output, Dataset targets, Loss loss) {
        Meaning meaning = Meaning.of(model, output, loss);
        Output described =
                targets.isLabeled() ? labeled(targets, meaning) : valued(model, output, targets, loss, meaning);
        return ShapeFit.fits(described, model.network().outputs().get(output)) ? described : new Numbers();
    }

    private static Output labeled(Dataset targets, Meaning meaning) {
        if (targets.hasLabelPerRow()) return new Classes(targets.classNames(), meaning);
        boolean text = targets.targetOrigin().orElse(null) instanceof Input.Text;
        return text ? new Continuation() : new StepClasses(targets.classNames(), meaning);
    }

    private static Output valued(Model model, int output, Dataset targets, Loss loss, Meaning meaning) {
        return switch (targets.targetOrigin().orElse(null)) {
            case Output known -> known;
            case SeriesForm form -> new Forecast(form.columns().target());
            case Preprocessing columns
            when columns.target().isPresent() -> values(columns.target().get());
            case null, default -> numbers(model, output, loss, meaning);
        };
    }

    /// The kind of the only output of a model by the target column of a table.
    static Output of(Preprocessing.Column target, Model model, Loss loss) {
        return target.encoding() instanceof ColumnEncoding.ClassLabel(List<String> names)
                ? new Classes(names, Meaning.of(model, 0, loss))
                : values(target);
    }

    private static Output values(Preprocessing.Column target) {
        return target.encoding() instanceof ColumnEncoding.Value(double shift, double scale)
                ? new Values(List.of(target.name()), shift, scale)
                : new Values(List.of(target.name()), 0, 1);
    }

    private static Output numbers(Model model, int output, Loss loss, Meaning meaning) {
        boolean sigmoid = model.network().trailingActivation(output) instanceof Sigmoid
                ? loss.fusesWith(Activation.SIGMOID)
                : meaning == Meaning.SIGMOID_LOGITS;
        Shape shape = model.network().outputs().get(output);
        boolean row = shape.rank() == 1 && shape.isKnown();
        if (!sigmoid || !row) return new Values(List.of(), 0, 1);
        return new Labels(numbered(shape.size()), meaning);
    }

    /// The names `0`, `1` …
    static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    /// What the model makes of its network's numbers, in a sentence for those who get the network alone; empty if
    /// they are the answer.
    /// @param name of the output
    default Optional<String> note(String name) {
        return OutsideNetwork.after(name, this);
    }

    /// The names of the classes; empty for other outputs.
    default List<String> classNames() {
        return this instanceof Classes classes ? classes.names() : List.of();
    }

    /// A word for the kind, which names an output that has no other name.
    default String kind() {
        return switch (this) {
            case Classes _ -> "class";
            case Labels _ -> "labels";
            case StepClasses _ -> "steps";
            case Values values -> values.names().size() == 1 ? values.names().getFirst() : "values";
            case Forecast forecast -> forecast.target();
            case Continuation _ -> "text";
            case Numbers _ -> "numbers";
        };
    }

    /// What decides between two classes; empty if the likelier one does.
    default Optional<Threshold> decision() {
        return this instanceof Classes classes ? classes.threshold() : Optional.empty();
    }
}
