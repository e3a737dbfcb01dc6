package dev.neurite.dashboard.view;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.model.RowSource;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.signature.TextCodec;
import dev.neurite.tensor.Shape;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;

/// Makes the form of each input of a model.
public final class Forms {
    /// The largest number of categories to choose from.
    static final int MOST_CATEGORIES = 500;

    private static final int LOOKED_AT = 1_000; // rows whose ranges are looked at, without preprocessing
    private static final int MOST_FIELDS = 60; // unnamed numbers; more are entered as one text
    private static final int MOST_STEPS = 200; // of an example
    private static final int PROMPT = 40; // tokens

    private Forms() {}

    /// The forms, by the names of the inputs, in the order of the signature.
    /// @throws dev.neurite.error.ConfigException for a model of texts without the module of tokenizers
    public static SequencedMap<String, Form> of(Subject subject) {
        boolean continues = subject.file().signature().output() instanceof Output.Continuation;
        SequencedMap<String, Form> forms = new LinkedHashMap<>();
        for (NamedInput each : subject.inputs()) forms.put(each.name(), form(each, subject, continues));
        return forms;
    }

    private static Form form(NamedInput of, Subject subject, boolean continues) {
        Optional<ImageForm> image = of.images();
        if (image.isPresent()) return new Form.OfImage(Drawing.of(image.get(), of.rows(), of.fit()));
        return switch (of.input()) {
            case Input.Columns(Preprocessing columns) -> table(of, fields(columns));
            case Input.Steps(Preprocessing columns) -> steps(of, fields(columns));
            case Input.Series(Preprocessing inputs, SeriesColumns columns) ->
                isForecast(subject) ? series(of, subject, inputs, columns) : steps(of, fields(inputs));
            case Input.Text text -> {
                String example = example(of, TextCodec.read(text.tokenizer()), continues);
                yield continues ? new Form.OfPrompt(example) : new Form.OfText(text.column(), example);
            }
            case Input.Numbers numbers -> {
                if (!of.stepNames().isEmpty()) yield steps(of, plain(of, of.stepNames()));
                List<String> names = of.numberNames();
                boolean fields = !names.isEmpty() && (!numbers.names().isEmpty() || names.size() <= MOST_FIELDS);
                yield fields ? table(of, plain(of, names)) : new Form.OfNumbers(of.shape(), exampleNumbers(of));
            }
            case Input.Image format -> throw new IllegalStateException("no form for " + format);
        };
    }

    /// Whether a model forecasts a series, so that its past alone is entered.
    private static boolean isForecast(Subject subject) {
        Signature signature = subject.file().signature();
        return signature.inputs().size() == 1
                && signature.outputs().size() == 1
                && signature.output() instanceof Output.Forecast;
    }

    private static Form table(NamedInput of, List<Form.Field> fields) {
        Map<String, String> row = of.rows().isPresent() ? of.values(of.row(0)) : Map.of();
        return new Form.OfTable(fields, filled(fields, row));
    }

    /// Values that can be entered: those of a row, and usual ones for what it lacks and may not.
    private static Map<String, String> filled(List<Form.Field> fields, Map<String, String> row) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Form.Field each : fields) {
            String value = row.getOrDefault(each.name(), each.usual());
            values.put(each.name(), value.isEmpty() && !each.optional() ? each.usual() : value);
        }
        return values;
    }

    private static Form steps(NamedInput of, List<Form.Field> fields) {
        int count = of.shape().extent(0);
        int most = count == Shape.OPEN ? MOST_STEPS : count;
        List<Map<String, String>> example = of.rows().isPresent()
                ? steps(of, fields, of.row(0), most)
                : Collections.nCopies(count == Shape.OPEN ? 3 : count, filled(fields, Map.of()));
        return new Form.OfSteps(fields, count, example);
    }

    private static List<Map<String, String>> steps(NamedInput of, List<Form.Field> fields, float[] numbers, int most) {
        int count = Math.min(most, numbers.length / of.shape().extent(1));
        return IntStream.range(0, count)
                .mapToObj(i -> filled(fields, of.step(numbers, i)))
                .toList();
    }

    /// A row of the data as a person would enter it.
    /// @param form that of the input
    /// @param row from 0
    /// @return empty without data, for windows of a series and for prompts
    static Optional<Entered> entered(NamedInput of, Form form, int row) {
        if (of.rows().isEmpty()) return Optional.empty();
        float[] numbers = of.row(row);
        return switch (form) {
            case Form.OfImage(Drawing drawing) ->
                Optional.of(new Entered.Drawn(drawing.form().picture(numbers)));
            case Form.OfTable table -> Optional.of(new Entered.Values(filled(table.fields(), of.values(numbers))));
            case Form.OfText _ -> Optional.of(new Entered.Passage(text(of, numbers)));
            case Form.OfSteps steps ->
                Optional.of(new Entered.Rows(steps(of, steps.fields(), numbers, numbers.length)));
            case Form.OfNumbers _ -> Optional.of(new Entered.Numbers(numbers));
            case Form.OfSeries _, Form.OfPrompt _ -> Optional.empty();
        };
    }

    private static String text(NamedInput of, float[] numbers) {
        if (!(of.input() instanceof Input.Text text)) throw new IllegalArgumentException(of.name());
        TextCodec codec = TextCodec.read(text.tokenizer());
        return codec.decode(ids(numbers, codec));
    }

    private static Form series(NamedInput of, Subject subject, Preprocessing inputs, SeriesColumns columns) {
        Set<String> all = new LinkedHashSet<>();
        columns.time().ifPresent(all::add);
        columns.series().ifPresent(all::add);
        all.add(columns.target());
        all.addAll(inputs.inputColumns());
        int steps = of.shape().extent(0);
        List<Form.Known> known = new ArrayList<>();
        if (of.rows().isPresent() && of.rows().get() instanceof SeriesWindows windows) {
            TimeSeries series = windows.series();
            for (int s = 0; s < series.count(); s++) {
                if (series.length(s) >= steps) known.add(new Form.Known(series.name(s), steps, series.length(s)));
            }
        }
        int horizon = subject.model().network().outputs().getFirst().size();
        return new Form.OfSeries(columns.target(), List.copyOf(all), steps, horizon, known);
    }

    private static String example(NamedInput of, TextCodec codec, boolean prompt) {
        if (of.rows().isEmpty()) return "";
        int[] ids = ids(of.row(0), codec);
        return codec.decode(prompt ? Arrays.copyOf(ids, Math.min(PROMPT, ids.length)) : ids);
    }

    /// The ids of a row without those that fill its end.
    static int[] ids(float[] row, TextCodec codec) {
        int end = row.length;
        while (end > 1 && row[end - 1] == codec.padding()) end--;
        int[] ids = new int[end];
        for (int i = 0; i < end; i++) ids[i] = (int) row[i];
        return ids;
    }

    private static float[] exampleNumbers(NamedInput of) {
        if (of.rows().isPresent()) return of.row(0);
        return new float[of.shape().withOpen(1).size()];
    }

    /// The columns of a table that a model takes.
    public static List<Form.Field> fields(Preprocessing preprocessing) {
        List<Form.Field> fields = new ArrayList<>();
        for (Preprocessing.Column each : preprocessing.columns()) {
            switch (each.encoding()) {
                case ColumnEncoding.Scaled scaled -> {
                    double mean = Math.clamp(scaled.shift(), scaled.low(), scaled.high());
                    boolean whole = isWhole(scaled.low()) && isWhole(scaled.high()); // as of counts
                    double usual = whole ? Math.rint(mean) : mean;
                    fields.add(new Form.Field(
                            each.name(),
                            "number",
                            scaled.low(),
                            scaled.high(),
                            Subject.text((float) usual),
                            List.of(),
                            scaled.fill().isPresent()));
                }
                case ColumnEncoding.OneHot oneHot -> {
                    boolean many = oneHot.categories().size() > MOST_CATEGORIES;
                    fields.add(new Form.Field(
                            each.name(),
                            many ? "text" : "category",
                            Double.NaN,
                            Double.NaN,
                            oneHot.categories().getFirst(),
                            many ? oneHot.categories().subList(0, MOST_CATEGORIES) : oneHot.categories(),
                            oneHot.ignoresMissing()));
                }
                case ColumnEncoding.Calendar calendar ->
                    fields.add(new Form.Field(
                            each.name(),
                            "text",
                            Double.NaN,
                            Double.NaN,
                            calendar.age()
                                    .map(age -> age.date(0).substring(0, 10))
                                    .orElse("2026-01-01"),
                            dates(calendar),
                            calendar.ignoresMissing()));
                default -> {}
            }
        }
        return fields;
    }

    private static boolean isWhole(double number) {
        return number == Math.rint(number);
    }

    /// Dates to try: from two deviations before the mean to two after it; without an age over a year, on each day of
    /// the
    /// week.
    private static List<String> dates(ColumnEncoding.Calendar calendar) {
        return IntStream.rangeClosed(-3, 3)
                .mapToObj(i -> calendar.age()
                        .map(age -> age.date(-2 * i / 3f).substring(0, 10))
                        .orElse(LocalDate.of(2026, 7, 1).plusDays(52L * i).toString()))
                .distinct()
                .toList();
    }

    /// Fields of numbers, with the ranges of the data.
    private static List<Form.Field> plain(NamedInput of, List<String> names) {
        if (of.rows().isEmpty()) {
            return names.stream()
                    .map(name -> new Form.Field(name, "number", Double.NaN, Double.NaN, "0", List.of(), false))
                    .toList();
        }
        RowSource data = of.rows().get();
        int width = names.size();
        List<float[]> looked = new ArrayList<>();
        for (int i = 0; i < Math.min(LOOKED_AT, data.size()); i++) looked.add(of.row(i));
        int count = looked.stream().mapToInt(each -> each.length / width).sum();
        float[][] columns = new float[width][count];
        int at = 0;
        for (float[] row : looked) {
            for (int i = 0; i < row.length / width; i++, at++) {
                for (int j = 0; j < width; j++) columns[j][at] = row[i * width + j];
            }
        }
        List<Form.Field> fields = new ArrayList<>();
        for (int j = 0; j < width; j++) {
            float[] column = columns[j];
            Arrays.sort(column);
            String middle = Subject.text(column[count / 2]);
            fields.add(new Form.Field(names.get(j), "number", column[0], column[count - 1], middle, List.of(), false));
        }
        return fields;
    }
}
