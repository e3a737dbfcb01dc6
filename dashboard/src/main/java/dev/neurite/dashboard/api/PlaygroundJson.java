package dev.neurite.dashboard.api;

import dev.neurite.dashboard.playground.Edit;
import dev.neurite.dashboard.playground.ErrorMeasure;
import dev.neurite.dashboard.playground.Experiment;
import dev.neurite.dashboard.playground.Explanation;
import dev.neurite.dashboard.playground.Feature;
import dev.neurite.dashboard.playground.Formula;
import dev.neurite.dashboard.playground.Formula.Part;
import dev.neurite.dashboard.playground.Frame;
import dev.neurite.dashboard.playground.Heatmap;
import dev.neurite.dashboard.playground.HiddenActivation;
import dev.neurite.dashboard.playground.LiveExperiment;
import dev.neurite.dashboard.playground.PlaygroundData;
import dev.neurite.dashboard.playground.Regularization;
import dev.neurite.dashboard.playground.UpdateRule;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// The JSON of the playground: reads experiments, writes frames and formulas.
final class PlaygroundJson {
    private static final String[] KEYS = {
        "data",
        "noise",
        "share",
        "batch",
        "shuffle",
        "seed",
        "features",
        "layers",
        "activation",
        "loss",
        "optimizer",
        "rate",
        "penalty",
        "strength",
        "dropout",
        "edits"
    };
    private static final int MOST_FEATURES = Feature.values().length;
    private static final int MOST_EDITS = 1000;

    private PlaygroundJson() {}

    // --------------------------------------------------------------------------------------------------------- reading

    /// Reads an experiment; what is left out is as in [Experiment#usual()].
    /// @throws dev.neurite.http.HttpProblem 400 for a value out of range, naming its path
    static Experiment experiment(JsonFields fields) {
        fields.only(KEYS);
        Experiment usual = Experiment.usual();
        List<Integer> layers = usual.layers();
        if (fields.has("layers")) layers = layers(fields);
        List<Feature> features = usual.features();
        if (fields.has("features")) features = features(fields);
        List<Edit> edits = new ArrayList<>();
        if (fields.has("edits")) {
            for (JsonFields edit : fields.objects("edits", MOST_EDITS))
                edits.add(edit(edit.only("layer", "unit", "input", "value")));
        }
        return new Experiment(
                choice(fields, "data", PlaygroundData.values(), PlaygroundData::key, usual.data()),
                fields.number("noise", usual.noise(), 0, 50),
                fields.number("share", usual.share(), 10, 90),
                fields.integer("batch", usual.batch(), 1, 64),
                fields.flag("shuffle", usual.shuffle()),
                fields.integer("seed", (int) usual.seed(), 0, Integer.MAX_VALUE),
                features,
                layers,
                choice(fields, "activation", HiddenActivation.values(), HiddenActivation::key, usual.activation()),
                choice(fields, "loss", ErrorMeasure.values(), ErrorMeasure::key, usual.loss()),
                choice(fields, "optimizer", UpdateRule.values(), UpdateRule::key, usual.optimizer()),
                fields.number("rate", usual.rate(), 1e-6, 10),
                choice(fields, "penalty", Regularization.values(), Regularization::key, usual.penalty()),
                fields.number("strength", usual.strength(), 0, 10),
                fields.number("dropout", usual.dropout(), 0, 0.8),
                edits);
    }

    private static List<Integer> layers(JsonFields fields) {
        double[] units = fields.numbers("layers", Experiment.MOST_LAYERS);
        List<Integer> layers = new ArrayList<>();
        for (int i = 0; i < units.length; i++) {
            int whole = (int) units[i];
            if (whole != units[i] || whole < 1 || whole > Experiment.MOST_UNITS) {
                throw HttpProblem.bad(
                        fields.path("layers") + "[" + i + "]",
                        "expects a whole number from 1 to " + Experiment.MOST_UNITS + ", got "
                                + (whole == units[i] ? Integer.toString(whole) : Double.toString(units[i])));
            }
            layers.add(whole);
        }
        return layers;
    }

    private static List<Feature> features(JsonFields fields) {
        List<String> names = fields.texts("features", MOST_FEATURES);
        List<Feature> features = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String path = fields.path("features") + "[" + i + "]";
            String name = names.get(i);
            features.add(Stream.of(Feature.values())
                    .filter(each -> each.key().equals(name))
                    .findFirst()
                    .orElseThrow(() -> HttpProblem.bad(path, "expects one of " + featureKeys() + ", got " + name)));
        }
        return features;
    }

    private static String featureKeys() {
        return Stream.of(Feature.values()).map(Feature::key).collect(Collectors.joining(", "));
    }

    /// Reads an edit; the experiment checks whether it fits.
    static Edit edit(JsonFields fields) {
        return new Edit(
                fields.integer("layer", 1, Experiment.MOST_LAYERS + 1),
                fields.integer("unit", 1, Experiment.MOST_UNITS),
                fields.integer("input", 0, Experiment.MOST_UNITS),
                fields.number("value", -Edit.LARGEST, Edit.LARGEST));
    }

    /// One of the values of an enum, by its key.
    static <E> E choice(JsonFields fields, String key, E[] values, Function<E, String> name, E usual) {
        if (!fields.has(key)) return usual;
        String chosen = fields.choice(key, Stream.of(values).map(name).toArray(String[]::new));
        return Stream.of(values)
                .filter(each -> name.apply(each).equals(chosen))
                .findFirst()
                .orElseThrow();
    }

    // --------------------------------------------------------------------------------------------------------- writing

    /// An experiment, with all its settings, as [#experiment] reads it.
    static Map<String, Object> write(Experiment of) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("data", of.data().key());
        all.put("noise", of.noise());
        all.put("share", of.share());
        all.put("batch", of.batch());
        all.put("shuffle", of.shuffle());
        all.put("seed", of.seed());
        all.put("features", of.features().stream().map(Feature::key).toList());
        all.put("layers", of.layers());
        all.put("activation", of.activation().key());
        all.put("loss", of.loss().key());
        all.put("optimizer", of.optimizer().key());
        all.put("rate", of.rate());
        all.put("penalty", of.penalty().key());
        all.put("strength", of.strength());
        all.put("dropout", of.dropout());
        List<Map<String, Object>> edits = new ArrayList<>();
        for (Edit edit : of.edits()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("layer", edit.layer());
            one.put("unit", edit.unit());
            one.put("input", edit.input());
            one.put("value", edit.value());
            edits.add(one);
        }
        all.put("edits", edits);
        return all;
    }

    /// What does not change while an experiment trains: names, points, heat maps of inputs.
    static Map<String, Object> describe(LiveExperiment live) {
        Experiment of = live.experiment();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("inputs", of.inputTitles());
        all.put(
                "inputPictures",
                live.inputHeatmaps().stream().map(PlaygroundJson::base64).toList());
        all.put("outputs", of.outputTitles());
        all.put("inPlane", of.isInPlane());
        all.put("classifies", of.classifies());
        all.put("radius", Experiment.RADIUS);
        all.put("outputActivation", of.outputActivation().toString());
        List<List<Double>> points = new ArrayList<>();
        for (Experiment.Example point : of.examples()) {
            points.add(List.of(point.x1(), point.x2(), (double) point.target(), point.train() ? 1.0 : 0.0));
        }
        all.put("points", points);
        return all;
    }

    static Map<String, Object> write(Frame of) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("step", of.step());
        all.put("epoch", of.epoch());
        all.put("row", of.row());
        all.put("rows", of.rows());
        all.put("playing", of.playing());
        all.put("loss", parts(of, Frame.Score::loss));
        all.put("accuracy", parts(of, Frame.Score::accuracy));
        List<Map<String, Object>> layers = new ArrayList<>();
        for (Frame.Layer layer : of.layers()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("weights", rows(layer.weights().toRows()));
            one.put("bias", floats(layer.bias().toArray()));
            one.put(
                    "units",
                    layer.heatmaps().stream().map(PlaygroundJson::base64).toList());
            one.put("scales", layer.scales().stream().map(PlaygroundJson::scale).toList());
            layers.add(one);
        }
        all.put("layers", layers);
        all.put("surface", base64(of.surface()));
        all.put("scale", scale(of.scale()));
        all.put("problem", of.problem().orElse(null));
        return all;
    }

    private static Map<String, Object> parts(Frame of, Function<Frame.Score, Object> what) {
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("train", what.apply(of.train()));
        parts.put("test", of.test().map(what).orElse(null));
        return parts;
    }

    private static List<Double> scale(Frame.Scale scale) {
        return List.of(scale.low(), scale.high());
    }

    private static String base64(Heatmap heatmap) {
        return Base64.getEncoder().encodeToString(heatmap.bytes());
    }

    private static List<Float> floats(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) list.add(value);
        return list;
    }

    private static List<List<Float>> rows(float[][] values) {
        return Stream.of(values).map(PlaygroundJson::floats).toList();
    }

    /// Formulas. A formula is a list of parts, each an object with one main key: `i` a name (with
    /// `sub` and `sup`), `n` a number, `o` a sign, `s` words, `f` a fraction, `r` a root, `p` a
    /// group in parentheses, `u` a power, `m` a matrix.
    static Map<String, Object> write(Explanation of) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("title", of.title());
        all.put("layer", of.layer());
        all.put("unit", of.unit());
        all.put("example", of.example());
        all.put("rows", of.rows());
        all.put("step", of.step());
        all.put("sections", of.sections().stream().map(PlaygroundJson::write).toList());
        return all;
    }

    private static Map<String, Object> write(Explanation.Section of) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("key", of.key());
        all.put("title", of.title());
        all.put("note", of.note());
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Explanation.Line line : of.lines()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("key", line.key());
            one.put("label", line.label());
            one.put("math", write(line.formula()));
            lines.add(one);
        }
        all.put("lines", lines);
        Explanation.Table table = of.table();
        if (!table.rows().isEmpty()) {
            Map<String, Object> grid = new LinkedHashMap<>();
            grid.put("columns", table.columns());
            grid.put("rows", table.rows());
            grid.put(
                    "values",
                    table.values().stream()
                            .map(row -> DoubleStream.of(row).boxed().toList())
                            .toList());
            all.put("table", grid);
        }
        return all;
    }

    private static List<Map<String, Object>> write(Formula of) {
        return of.parts().stream().map(PlaygroundJson::write).toList();
    }

    private static Map<String, Object> write(Part part) {
        Map<String, Object> all = new LinkedHashMap<>();
        switch (part) {
            case Part.Name(String name, String below, String above) -> {
                all.put("i", name);
                if (!below.isEmpty()) all.put("sub", below);
                if (!above.isEmpty()) all.put("sup", above);
            }
            case Part.Numeral(double value) -> all.put("n", value);
            case Part.Sign(String sign) -> all.put("o", sign);
            case Part.Words(String text) -> all.put("s", text);
            case Part.Fraction(Formula over, Formula under) -> all.put("f", List.of(write(over), write(under)));
            case Part.Root(Formula inside) -> all.put("r", write(inside));
            case Part.Group(Formula inside) -> all.put("p", write(inside));
            case Part.Power(Formula base, Formula exponent) -> all.put("u", List.of(write(base), write(exponent)));
            case Part.Grid(Tensor values) -> all.put("m", rows(values.toRows()));
        }
        return all;
    }
}
