package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import dev.neurite.kernel.Activation;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.yaml.EntryReader;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import dev.neurite.yaml.YamlReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;

/// The parameters that a configuration gives. It is the document of `./neurite train`, without keys that
/// estimators have no parameter for. All values are checked before the first parameter is set.
final class YamlSettings {
    private static final List<String> TOP = List.of(
            "data",
            "network",
            "loss",
            "optimizer",
            "schedule",
            "epochs",
            "batch",
            "shards",
            "rows-by-shard",
            "seed",
            "metrics",
            "monitor",
            "early-stopping",
            "min-delta");
    private static final List<String> NETWORK =
            List.of("layers", "stack", "model", "activation", "dropout", "standardize");
    private static final List<String> CHOICES = NETWORK.subList(0, 3);
    private static final String RATE = "rate";
    private static final String NUMBER = "[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?";

    private final TrainingParams<?> params;
    private final Map<Param<?>, Object> values = new LinkedHashMap<>();

    private YamlSettings(TrainingParams<?> params) {
        this.params = params;
    }

    /// Sets the parameters of an estimator.
    /// @throws ConfigException for what is no YAML, an unknown key, or a value that is unknown or out of
    /// range; with the line. No parameter is set then
    static void configure(TrainingParams<?> params, String yaml) {
        var settings = new YamlSettings(params);
        YamlNode document = YamlReader.text(new Place("configuration", 1), yaml);
        document.asMapping().members().forEach(settings::top);
        settings.set();
    }

    @SuppressWarnings("unchecked") // put has checked the types
    private void set() {
        List<Param<?>> networks = List.of(
                params.layers(), params.hiddenLayers(), params.stack(), params.architecture(), params.initialModel());
        if (networks.stream().anyMatch(values::containsKey)) networks.forEach(params::clear);
        values.forEach((param, value) -> params.set((Param<Object>) param, value));
    }

    private <T> void put(Param<? super T> param, T value) {
        values.put(param, value);
    }

    private void top(Member member) {
        String key = member.key();
        switch (key) {
            case "data" -> requireSourceOnly(member);
            case "network" -> network(member);
            case "loss" -> {
                String text = section(member, Loss.class, params.loss(), "label-smoothing", "smoothing");
                put(params.loss(), checked(member, key, Loss.class, text));
            }
            case "optimizer" -> optimizer(member);
            case "schedule" -> schedule(member);
            case "epochs" -> put(params.maxIter(), whole(member, 1));
            case "batch" -> put(params.batchSize(), whole(member, 1));
            case "shards" -> put(params.shards(), whole(member, 1));
            case "rows-by-shard" -> require(member, key, "true", "Leave it out: this is how estimators train");
            case "seed" -> put(params.seed(), seed(member));
            case "metrics" -> put(params.metrics(), metrics(member));
            case "monitor" -> put(params.monitor(), member.value().plain(member.place(), key));
            case "early-stopping" -> put(params.patience(), whole(member, 1));
            case "min-delta" -> put(params.tol(), difference(member));
            case "warmup" ->
                throw new ConfigException(
                        member.place().toString(),
                        "expects a schedule that begins with it, got 'warmup'",
                        "Write schedule: [{name: warmup, length: STEPS}, cosine]");
            case "search" ->
                throw new ConfigException(
                        member.place().toString(),
                        "expects settings of one training, got 'search'",
                        "CrossValidator and TrainValidationSplit search");
            default -> throw unknown("", member, TOP);
        }
    }

    /// The rows are those of the DataFrame: what would change them is refused.
    private static void requireSourceOnly(Member data) {
        if (data.value() instanceof Scalar) return;
        for (Member each : data.value().asMapping().members()) {
            if (each.key().equals("source")) continue;
            throw new ConfigException(
                    each.place().toString(),
                    "expects only source under data, got '" + each.spelled() + "'",
                    "The rows of an estimator are those of its DataFrame: change them there");
        }
    }

    // ------------------------------------------------------------------------------------------------- the network

    private void network(Member network) {
        List<Member> members = switch (network.value()) {
            case Mapping mapping -> mapping.members();
            case Sequence list -> List.of(new Member("stack", network.place(), list));
            case Scalar text -> List.of(new Member("model", network.place(), text));
        };
        List<String> chosen =
                members.stream().map(Member::key).filter(CHOICES::contains).toList();
        for (Member each : members) {
            String path = "network." + each.key();
            if (CHOICES.contains(each.key()) && !each.key().equals(chosen.getFirst())) {
                throw new ConfigException(
                        each.place() + " " + path, "expects to be the only network, got also " + chosen.getFirst());
            }
            switch (each.key()) {
                case "layers" -> put(params.hiddenLayers(), hiddenLayers(each, path));
                case "stack" -> put(params.stack(), stack(each, path));
                case "model" -> put(params.architecture(), entry(each, path, Architecture.class));
                case "activation" -> {
                    requireLayers(each, path, chosen);
                    put(params.activation(), entry(each, path, Activation.class));
                }
                case "dropout" -> {
                    requireLayers(each, path, chosen);
                    put(params.dropout(), dropout(each, path));
                }
                case "standardize" ->
                    require(each, path, "false", "Put a StandardScaler before the estimator in a Pipeline");
                default -> throw unknown("network", each, NETWORK);
            }
        }
    }

    private static void requireLayers(Member member, String path, List<String> chosen) {
        if (chosen.isEmpty() || chosen.contains("layers")) return;
        throw new ConfigException(
                member.place() + " " + path, "expects a network of layers, got one of " + chosen.getFirst());
    }

    private static int[] hiddenLayers(Member member, String path) {
        List<String> units = texts(member, path);
        if (units.equals(List.of("none"))) return new int[0];
        return units.stream()
                .mapToInt(each -> whole(member.place() + " " + path, each, 1))
                .toArray();
    }

    private static String[] stack(Member member, String path) {
        List<YamlNode> layers = member.value() instanceof Sequence list ? list.items() : List.of(member.value());
        return layers.stream()
                .map(each -> {
                    String text = reader(path).text(List.of(Layer.class), each);
                    String where = each.place() + " " + path;
                    made(where, () -> Catalog.standard().layer(where, text));
                    return text;
                })
                .toArray(String[]::new);
    }

    private static double dropout(Member member, String path) {
        List<String> rates = texts(member, path);
        String where = member.place() + " " + path;
        if (rates.size() != 1) {
            throw new ConfigException(
                    where, "expects one rate for all layers, got " + rates.size(), "A stack has a dropout for each");
        }
        double rate = number(where, rates.getFirst());
        if (rate >= 0 && rate < 1) return rate;
        throw new ConfigException(where, "expects a rate from 0 to below 1, got " + rate);
    }

    // ----------------------------------------------------------------------------------- entries of the catalog

    private void optimizer(Member member) {
        String text = section(member, Optimizer.class, params.optimizer(), "weight-decay", "decay");
        String where = member.place() + " " + member.key();
        Optimizer rule = made(where, () -> Catalog.standard().read(where, Optimizer.class, text));
        Spec spec = Spec.parse(where, text);
        Map<String, String> settings = new LinkedHashMap<>(spec.settings());
        if (settings.remove(RATE) != null) put(params.stepSize(), rule.rate()); // which grids may vary
        put(params.optimizer(), new Spec(spec.name(), settings).toString());
    }

    private void schedule(Member member) {
        List<YamlNode> parts = member.value() instanceof Sequence list ? list.items() : List.of(member.value());
        if (parts.isEmpty()) return;
        String text = parts.stream()
                .map(each -> reader(member.key()).text(List.of(Schedule.class), each))
                .collect(Collectors.joining("+"));
        put(params.schedule(), checked(member, member.key(), Schedule.class, text));
    }

    /// The text of a section with an entry of the catalog, by default the one that the estimator has by default.
    /// @param option another name of a setting, as the command line has it
    private String section(Member member, Class<?> kind, Param<String> param, String option, String setting) {
        String section = member.key();
        if (!(member.value() instanceof Mapping mapping)) return member.value().plain(member.place(), section);
        List<Member> members = new ArrayList<>();
        if (mapping.member(EntryReader.NAME).isEmpty()) {
            String usual = params.getDefault(param).get();
            members.add(new Member(EntryReader.NAME, mapping.place(), new Scalar(mapping.place(), Kind.TEXT, usual)));
        }
        for (Member each : mapping.members()) {
            boolean other = each.key().equals(option);
            if (other && mapping.member(setting).isPresent()) {
                throw new ConfigException(
                        each.place() + " " + section + "." + option, "expects no " + setting + ", got both");
            }
            members.add(other ? new Member(setting, each.spelled(), each.place(), each.value()) : each);
        }
        var reader = new EntryReader(
                section,
                (entry, each) -> unknown(
                        section,
                        each,
                        Stream.concat(
                                        Stream.of(EntryReader.NAME),
                                        entry.settings().stream().map(Setting::name))
                                .toList()));
        return reader.text(List.of(kind), new Mapping(mapping.place(), members));
    }

    private static EntryReader reader(String path) {
        return new EntryReader(
                path,
                (entry, member) -> unknown(
                        path,
                        member,
                        entry.settings().stream().map(Setting::name).toList()));
    }

    private static String entry(Member member, String path, Class<?> kind) {
        return checked(member, path, kind, reader(path).text(List.of(kind), member.value()));
    }

    private static String checked(Member member, String path, Class<?> kind, String text) {
        String where = member.place() + " " + path;
        made(where, () -> Catalog.standard().read(where, kind, text));
        return text;
    }

    /// A value of the library, whose own checks do not know the place.
    private static <T> T made(String where, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (ConfigException e) {
            if (e.where().startsWith(where)) throw e;
            var located = new ConfigException(where + " " + e.where(), e.problem(), e.hint());
            located.initCause(e);
            throw located;
        }
    }

    // ------------------------------------------------------------------------------------------------ plain values

    private static String[] metrics(Member member) {
        List<String> names = texts(member, member.key());
        for (String each : names) made(member.place().toString(), () -> Metrics.named(each));
        return names.toArray(String[]::new);
    }

    /// The items of a list, or of a text with commas.
    private static List<String> texts(Member member, String path) {
        if (member.value() instanceof Sequence list) {
            return list.items().stream()
                    .map(each -> each.plain(each.place(), path))
                    .toList();
        }
        return Arrays.stream(member.value().plain(member.place(), path).split(",", -1))
                .map(String::strip)
                .toList();
    }

    private static int whole(Member member, int least) {
        return whole(member.place() + " " + member.key(), member.value().plain(member.place(), member.key()), least);
    }

    private static int whole(String where, String text, int least) {
        try {
            int value = Integer.parseInt(text);
            if (value < least) throw new ConfigException(where, "expects at least " + least + ", got " + value);
            return value;
        } catch (NumberFormatException _) {
            throw new ConfigException(
                    where, "expects a whole number up to " + Integer.MAX_VALUE + ", got '" + text + "'");
        }
    }

    private static long seed(Member member) {
        String text = member.value().plain(member.place(), member.key());
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new ConfigException(
                    member.place() + " " + member.key(), "expects a whole number of 64 bits, got '" + text + "'");
        }
    }

    private static double difference(Member member) {
        String where = member.place() + " " + member.key();
        double value = number(where, member.value().plain(member.place(), member.key()));
        if (value >= 0 && value < Double.POSITIVE_INFINITY) return value;
        throw new ConfigException(where, "expects a number from 0, got " + value);
    }

    private static double number(String where, String text) {
        if (text.matches(NUMBER)) return Double.parseDouble(text);
        throw new ConfigException(where, "expects a number, got '" + text + "'");
    }

    /// Refuses another value than the one that estimators have.
    private static void require(Member member, String path, String value, String hint) {
        if (member.value() instanceof Scalar(Place _, Kind kind, String text)
                && kind == Kind.TRUTH
                && text.equals(value)) return;
        throw new ConfigException(
                member.place() + " " + path,
                "expects " + value + ", got " + member.value().describe(),
                hint);
    }

    /// The error for a key that no parameter has.
    /// @param section the section; empty for the top level
    private static ConfigException unknown(String section, Member member, List<String> known) {
        String hint = Spelling.hint(member.key(), known);
        return new ConfigException(
                member.place().toString(),
                "expects one of " + String.join(", ", known) + (section.isEmpty() ? "" : " under " + section)
                        + ", got '" + member.spelled() + "'",
                hint.isEmpty() ? "Leave it out, or write it as one of these" : hint);
    }
}
