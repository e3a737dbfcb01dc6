package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Catalog.Setting;
import dev.neurite.io.Spec;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Layer;
import dev.neurite.network.Architecture;
import dev.neurite.optim.Optimizer;
import dev.neurite.settings.SettingKind;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingTable;
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
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;

/// The parameters that a configuration gives. It is the document of `./neurite train`, without keys that
/// estimators have no parameter for. All values are checked before the first parameter is set.
final class YamlSettings {
    private static final List<String> NETWORK =
            List.of("layers", "stack", "model", "activation", "dropout", "standardize");
    private static final List<String> CHOICES = NETWORK.subList(0, 3);
    private static final String RATE = "rate";

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
            case "data" -> data(member);
            case "network" -> network(member);
            case "loss", "optimizer" -> section(member);
            case "rows-by-shard" -> require(member, key, "true", "Leave it out: this is how estimators train");
            case "search" ->
                throw new ConfigException(
                        member.place().toString(),
                        "expects settings of one training, got 'search'",
                        "CrossValidator and TrainValidationSplit search");
            default -> setting("", member);
        }
    }

    /// The rows are those of the DataFrame: what would change which they are is refused.
    private void data(Member data) {
        if (data.value() instanceof Scalar) return;
        for (Member each : data.value().asMapping().members()) {
            if (each.key().equals("source")) continue;
            if (own("data").anyMatch(known -> known.name().equals(each.key()))) {
                setting("data", each);
                continue;
            }
            throw new ConfigException(
                    each.place().toString(),
                    "expects only source and augment under data, got '" + each.spelled() + "'",
                    "The rows of an estimator are those of its DataFrame: change them there");
        }
    }

    // ------------------------------------------------------------------------------------------------- the settings

    /// The settings of a section that estimators have; without those that are entries of the catalog as a whole.
    private static Stream<TrainingSetting<?>> own(String section) {
        return SettingParams.all().stream()
                .filter(each ->
                        each.section().key().equals(section) && !each.name().equals(section));
    }

    private void setting(String section, Member member) {
        TrainingSetting<?> setting = own(section)
                .filter(each -> each.name().equals(member.key()))
                .findFirst()
                .orElseThrow(() -> unknown(section, member, known(section)));
        String path = section.isEmpty() ? member.key() : section + "." + member.key();
        List<String> texts = texts(setting, member, path);
        if (!texts.isEmpty()) put(setting, member.place() + " " + path, texts);
    }

    private static List<String> known(String section) {
        Stream<String> sections = section.isEmpty() ? Stream.of("data", "network", "loss", "optimizer") : Stream.of();
        return Stream.concat(sections, own(section).map(TrainingSetting::name)).toList();
    }

    private void put(TrainingSetting<?> setting, String where, List<String> texts) {
        values.put(SettingParams.param(params, setting), made(where, () -> SettingParams.value(setting, where, texts)));
    }

    /// The texts of a setting; none for an empty list of entries.
    private static List<String> texts(TrainingSetting<?> setting, Member member, String path) {
        List<YamlNode> items = member.value() instanceof Sequence list ? list.items() : List.of(member.value());
        return switch (setting.kind()) {
            case SettingKind.Entry<?> entry -> {
                String text = items.stream()
                        .map(each -> reader(path).text(entry.kinds(), each))
                        .collect(Collectors.joining(entry.between()));
                yield items.isEmpty() ? List.of() : List.of(text);
            }
            case SettingKind.Texts _ ->
                items.stream().map(each -> each.plain(each.place(), path)).toList();
            case SettingKind.Word _ ->
                List.of(items.stream()
                        .map(each -> each.plain(each.place(), path))
                        .collect(Collectors.joining(",")));
            default -> List.of(member.value().plain(member.place(), path));
        };
    }

    /// Reads a section with an entry of the catalog, by default the one that the estimator has by default, and other
    /// settings. A setting that is a part of the entry, such as `weight-decay`, is written into it.
    private void section(Member member) {
        TrainingSetting<?> main = TrainingTable.find(member.key()).orElseThrow();
        var kind = (SettingKind.Entry<?>) main.kind();
        if (!(member.value() instanceof Mapping mapping)) {
            entry(member, main, member.value().plain(member.place(), member.key()));
            return;
        }
        List<Member> parts = new ArrayList<>();
        for (Member each : mapping.members()) {
            Optional<TrainingSetting<?>> found = own(member.key())
                    .filter(known -> known.name().equals(each.key()))
                    .findFirst();
            if (found.isEmpty() || isPart(kind, mapping, member, each.key())) parts.add(each);
            else if (found.get().partOf().isEmpty()) setting(member.key(), each);
            else
                parts.add(part(
                        mapping,
                        member,
                        each,
                        found.get().partOf().substring(member.key().length() + 1)));
        }
        if (parts.isEmpty()) return;
        if (mapping.member(EntryReader.NAME).isEmpty()) {
            parts.add(new Member(
                    EntryReader.NAME, mapping.place(), new Scalar(mapping.place(), Kind.TEXT, usual(member.key()))));
        }
        var reader = new EntryReader(
                member.key(),
                (entry, each) -> unknown(
                        member.key(),
                        each,
                        Stream.of(
                                        Stream.of(EntryReader.NAME),
                                        entry.settings().stream().map(Setting::name),
                                        own(member.key())
                                                .filter(other -> other.partOf().isEmpty())
                                                .map(TrainingSetting::name))
                                .flatMap(Function.identity())
                                .toList()));
        entry(member, main, reader.text(kind.kinds(), new Mapping(mapping.place(), parts)));
    }

    private String usual(String section) {
        return String.valueOf(params.getDefault(params.setting(section)).get());
    }

    /// Whether a key is a setting of the entry that a section names.
    private boolean isPart(SettingKind.Entry<?> kind, Mapping mapping, Member member, String key) {
        String name = mapping.member(EntryReader.NAME)
                .map(each -> each.value().plain(each.place(), member.key()))
                .orElseGet(() -> usual(member.key()))
                .replaceFirst(":.*", "");
        return kind.kinds().stream()
                .flatMap(each -> Catalog.standard().entries(each).stream())
                .anyMatch(entry -> entry.name().equals(name) && entry.has(key));
    }

    private static Member part(Mapping mapping, Member section, Member other, String part) {
        if (part.equals(other.key())) return other; // refused, as the entry does not have it
        if (mapping.member(part).isPresent()) {
            throw new ConfigException(
                    other.place() + " " + section.key() + "." + other.key(), "expects no " + part + ", got both");
        }
        return new Member(part, other.spelled(), other.place(), other.value());
    }

    /// Sets an entry of the catalog. The learning rate is a parameter of its own, which grids may vary.
    private void entry(Member member, TrainingSetting<?> setting, String text) {
        String where = member.place() + " " + member.key();
        if (!setting.name().equals("optimizer")) {
            put(setting, where, List.of(text));
            return;
        }
        Optimizer rule = made(where, () -> Catalog.standard().read(where, Optimizer.class, text));
        Spec spec = Spec.parse(where, text);
        Map<String, String> settings = new LinkedHashMap<>(spec.settings());
        if (settings.remove(RATE) != null) values.put(params.stepSize(), rule.rate());
        put(setting, where, List.of(new Spec(spec.name(), settings).toString()));
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

    private static double number(String where, String text) {
        return new SettingKind.Real("").read(where, List.of(text));
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
