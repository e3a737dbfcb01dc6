package dev.neurite.dashboard.view;

import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import dev.neurite.generate.Sampling;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.TextCodec;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// A model that a person tries: the forms of its inputs, and predictions for what is entered. Errors
/// are [DataException]s at the name of the input, with a dot and the name of the field where it is one
/// field.
public final class TriedModel {
    private final Subject subject;
    private final Predictor predictor;
    private final TriedComputing computing;
    private final SequencedMap<String, Form> forms;
    private final TriedSeries series;

    private TriedModel(Subject subject, Predictor predictor, TriedComputing computing) {
        this.subject = subject;
        this.predictor = predictor;
        this.computing = computing;
        this.forms = Forms.of(subject);
        this.series = new TriedSeries(subject, predictor, computing);
    }

    /// A trial of a model. It reads the tokenizers of texts, which may take a moment.
    /// @throws dev.neurite.error.ConfigException for a model of texts without the module of tokenizers
    public static TriedModel of(Subject subject) {
        Predictor predictor = Predictor.of(subject.file());
        return of(subject, predictor, TriedComputing.of(predictor));
    }

    /// A trial of a model that is computed elsewhere.
    /// @param predictor of the model
    public static TriedModel of(Subject subject, Predictor predictor, TriedComputing computing) {
        return new TriedModel(subject, predictor, computing);
    }

    public Subject subject() {
        return subject;
    }

    /// The forms, by the names of the inputs.
    public SequencedMap<String, Form> forms() {
        return forms;
    }

    /// Predicts what was entered.
    /// @param entered by the names of the inputs
    /// @throws DataException for a missing input, or one that cannot be encoded, or numbers for which
    /// the network has none
    public ExplainedPrediction explain(Map<String, Entered> entered) {
        if (forms.firstEntry().getValue() instanceof Form.OfSeries form) {
            return series.explain(forms.firstEntry().getKey(), form, entered);
        }
        SequencedMap<String, Object> raws = raws(entered);
        Prediction now = predict(List.of(raws)).getFirst();
        requireFinite(now, entered);
        boolean explains = Influence.explains(now);
        return new ExplainedPrediction(
                now,
                predictor.warnings(forms.size() == 1 ? raws.firstEntry().getValue() : raws),
                seen(raws),
                explains ? Saliency.of(subject, predictor, computing.kernels(), forms, raws, now) : Optional.empty(),
                explains ? influences(entered, raws, now) : List.of(),
                explains ? words(entered, raws, now) : List.of(),
                explains ? weighed(entered) : 0,
                now instanceof Prediction.StepClasses ? steps(entered) : List.of(),
                Optional.empty());
    }

    /// A row of the data as a person would enter it, by the names of the inputs; without those of which that is not
    /// possible: windows of series, prompts, and inputs without data.
    /// @param row from 0
    /// @throws DataException for a row that the data does not have
    public SequencedMap<String, Entered> row(int row) {
        int rows = subject.data().map(Dataset::size).orElse(0);
        if (row < 0 || row >= rows) throw new DataException("row", "expects 0 to " + (rows - 1) + ", got " + row);
        SequencedMap<String, Entered> entered = new LinkedHashMap<>();
        for (NamedInput each : subject.inputs()) {
            Form form = Objects.requireNonNull(forms.get(each.name()));
            Forms.entered(each, form, row).ifPresent(own -> entered.put(each.name(), own));
        }
        return entered;
    }

    /// Continues a prompt, see [Predictor#generate].
    public void write(String prompt, int most, Sampling sampling, Consumer<String> pieces) {
        computing.write(prompt, most, sampling, pieces);
    }

    // ----------------------------------------------------------------------------------------------------------- raws

    private SequencedMap<String, Object> raws(Map<String, Entered> entered) {
        for (String each : entered.keySet()) {
            if (!forms.containsKey(each)) {
                throw new DataException(each, "is no input of this model; it has " + String.join(", ", forms.keySet()));
            }
        }
        SequencedMap<String, Object> raws = new LinkedHashMap<>();
        forms.forEach((name, form) -> {
            Entered own = entered.get(name);
            if (own == null) throw new DataException(name, "expects a value for each input, got none for this one");
            raws.put(name, raw(name, form, own));
        });
        return raws;
    }

    private Object raw(String name, Form form, Entered entered) {
        if (form instanceof Form.OfImage image) {
            if (entered instanceof Entered.Drawn(Picture drawn))
                return image.drawing().apply(drawn);
            if (entered instanceof Entered.Numbers(float[] numbers)) return sized(name, numbers);
            throw wrong(name, "an image");
        }
        return switch (form) {
            case Form.OfTable(List<Form.Field> fields, Map<String, String> _) ->
                switch (entered) {
                    case Entered.Values(Map<String, String> values) -> tableRow(name, fields, values);
                    case Entered.Numbers(float[] numbers) when isNumbers(name) -> sized(name, numbers);
                    default -> throw wrong(name, "values by column");
                };
            case Form.OfText _, Form.OfPrompt _ -> {
                if (!(entered instanceof Entered.Passage(String text))) throw wrong(name, "a text");
                if (text.isBlank()) throw new DataException(name, "expects a text with at least one word, got none");
                yield text;
            }
            case Form.OfSteps(List<Form.Field> fields, int steps, List<Map<String, String>> _) -> {
                if (!(entered instanceof Entered.Rows(List<Map<String, String>> rows))) throw wrong(name, "steps");
                yield sequence(name, fields, steps, rows);
            }
            case Form.OfNumbers _ -> {
                if (!(entered instanceof Entered.Numbers(float[] numbers))) throw wrong(name, "numbers");
                yield sized(name, numbers);
            }
            case Form.OfSeries _, Form.OfImage _ -> throw wrong(name, "another value");
        };
    }

    static DataException wrong(String name, String expected) {
        return new DataException(name, "expects " + expected + ", got something else");
    }

    private boolean isNumbers(String name) {
        return subject.file().signature().inputs().get(name) instanceof Input.Numbers;
    }

    private float[] sized(String name, float[] numbers) {
        Shape shape = predictor
                .model()
                .network()
                .inputs()
                .get(List.copyOf(forms.keySet()).indexOf(name));
        boolean fits = shape.isKnown()
                ? numbers.length == shape.size()
                : numbers.length > 0 && numbers.length % shape.withOpen(1).size() == 0;
        if (fits) return numbers;
        throw new DataException(
                name,
                "expects " + (shape.isKnown() ? shape.size() + " numbers" : "numbers of " + shape) + ", got "
                        + numbers.length);
    }

    /// A row of a table: values by column for a preprocessing, or else numbers in the order of the
    /// fields.
    private Object tableRow(String name, List<Form.Field> fields, Map<String, String> values) {
        requireFields(name, fields, values);
        if (isNumbers(name)) {
            float[] numbers = new float[fields.size()];
            for (int i = 0; i < numbers.length; i++) {
                String field = fields.get(i).name();
                numbers[i] = number(name + "." + field, values.getOrDefault(field, ""));
            }
            return numbers;
        }
        Map<String, Object> row = new LinkedHashMap<>();
        for (Form.Field each : fields) {
            String text = values.getOrDefault(each.name(), "");
            if (each.type().equals("number") && !text.isEmpty()) number(name + "." + each.name(), text);
            if (text.isEmpty() && !each.optional()) {
                throw new DataException(name + "." + each.name(), "expects a value, got none");
            }
            row.put(each.name(), text.isEmpty() ? Optional.empty() : text);
        }
        return row;
    }

    private static void requireFields(String name, List<Form.Field> fields, Map<String, String> values) {
        for (Form.Field each : fields) {
            if (!values.containsKey(each.name())) {
                throw new DataException(name + "." + each.name(), "expects a value, got none: the column is missing");
            }
        }
    }

    static float number(String where, String text) {
        try {
            float number = Float.parseFloat(text.strip());
            if (Float.isFinite(number)) return number;
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new DataException(where, "expects a number, got '" + text + "'");
    }

    private Object sequence(String name, List<Form.Field> fields, int steps, List<Map<String, String>> rows) {
        if (rows.isEmpty() || (steps != Shape.OPEN && rows.size() != steps)) {
            String expected = steps == Shape.OPEN ? "at least 1 step" : steps + " steps";
            throw new DataException(name, "expects " + expected + ", got " + rows.size());
        }
        List<Object> encoded = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            try {
                encoded.add(tableRow(name, fields, rows.get(i)));
            } catch (DataException e) {
                throw new DataException(e.where(), e.problem() + " (step " + (i + 1) + ")", e.hint());
            }
        }
        if (!isNumbers(name)) return encoded;
        float[] all = new float[rows.size() * fields.size()];
        for (int i = 0; i < rows.size(); i++) {
            if (encoded.get(i) instanceof float[] row) {
                System.arraycopy(row, 0, all, i * fields.size(), row.length);
            }
        }
        return all;
    }

    /// Predicts rows of raw values by the names of inputs.
    private List<Prediction> predict(List<? extends SequencedMap<String, Object>> rows) {
        return computing.predict(
                forms.size() == 1
                        ? rows.stream()
                                .map(each -> each.firstEntry().getValue())
                                .toList()
                        : rows);
    }

    // --------------------------------------------------------------------------------------------------- explanations

    /// Refuses a prediction that has no numbers, and names the field that is farthest from the data.
    private void requireFinite(Prediction now, Map<String, Entered> entered) {
        if (now.numbers().allMatch(Double::isFinite)) return;
        String worst = forms.firstEntry().getKey();
        String value = "";
        double most = -1;
        for (var each : forms.entrySet()) {
            if (!(each.getValue() instanceof Form.OfTable table)
                    || !(entered.get(each.getKey()) instanceof Entered.Values(Map<String, String> values))) continue;
            for (Form.Field field : table.fields()) {
                String text = values.getOrDefault(field.name(), "");
                if (!field.type().equals("number") || text.isEmpty()) continue;
                double range = field.max() > field.min() ? field.max() - field.min() : 1;
                double far = Math.abs(number(field.name(), text)) / range;
                if (far <= most) continue;
                most = far;
                worst = each.getKey() + "." + field.name();
                value = text;
            }
        }
        throw new DataException(
                worst,
                "expects numbers for which the network has an answer, got " + (value.isEmpty() ? "others" : value)
                        + ": its output is not finite");
    }

    private Map<String, Picture> seen(Map<String, Object> raws) {
        Map<String, Picture> seen = new LinkedHashMap<>();
        forms.forEach((name, form) -> {
            if (form instanceof Form.OfImage image && raws.get(name) instanceof float[] numbers) {
                seen.put(name, image.drawing().form().picture(numbers));
            }
        });
        return seen;
    }

    private List<Influence> influences(
            Map<String, Entered> entered, SequencedMap<String, Object> raws, Prediction now) {
        List<Influence> influences = new ArrayList<>();
        forms.forEach((name, form) -> {
            if (form instanceof Form.OfTable table
                    && entered.get(name) instanceof Entered.Values(Map<String, String> values)) {
                influences.addAll(Influence.of(
                        table.fields(),
                        values,
                        rows -> predict(rows.stream()
                                .map(row -> with(raws, name, tableRow(name, table.fields(), row)))
                                .toList()),
                        now));
            }
        });
        return influences;
    }

    private List<Word> words(Map<String, Entered> entered, SequencedMap<String, Object> raws, Prediction now) {
        List<Word> words = new ArrayList<>();
        forms.forEach((name, form) -> {
            if (form instanceof Form.OfText && entered.get(name) instanceof Entered.Passage(String text)) {
                if (!words.isEmpty()) words.add(new Word("\n", 0));
                words.addAll(words(raws, name, text, now));
            }
        });
        return words;
    }

    private static int weighed(Map<String, Entered> entered) {
        return entered.values().stream()
                .mapToInt(each -> each instanceof Entered.Passage(String text) ? Word.weighed(text) : 0)
                .sum();
    }

    private List<Word> words(SequencedMap<String, Object> raws, String name, String text, Prediction now) {
        return Word.of(
                text,
                Word.most(text),
                texts -> predict(
                        texts.stream().map(each -> with(raws, name, each)).toList()),
                now);
    }

    private static SequencedMap<String, Object> with(SequencedMap<String, Object> raws, String name, Object value) {
        SequencedMap<String, Object> other = new LinkedHashMap<>(raws);
        other.put(name, value);
        return other;
    }

    /// The steps of the only sequence as texts: its tokens; empty for other steps.
    private List<String> steps(Map<String, Entered> entered) {
        for (NamedInput each : subject.inputs()) {
            Entered own = entered.get(each.name());
            if (each.input() instanceof Input.Text text && own instanceof Entered.Passage(String passage)) {
                TextCodec codec = TextCodec.read(text.tokenizer());
                List<String> tokens = new ArrayList<>();
                for (int id : codec.encode(passage)) tokens.add(codec.token(id));
                return tokens;
            }
        }
        return List.of();
    }
}
