package dev.neurite.cli.search;

import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of a search. The section `search` of a configuration has the same ones.
public final class SearchOptions {
    private static final String GRID = "--grid";
    private static final String RANDOM = "--random";
    private static final String HOLDOUT = "--holdout";
    private static final String FOLDS = "--folds";

    /// The keys of the section, each the name of an option.
    public static final List<String> KEYS = List.of(
            "grid", "random", "strategy", "trials", "seed", "folds", "holdout", "metric", "factor", "least-epochs");
    private static final int MOST = 100_000;

    @Option(
            names = GRID,
            paramLabel = "KEY=V,V…",
            description = "Values to try for a key: optimizer.rate=1e-2,1e-3, network.layers=[16],[32,16]."
                    + " May be repeated.")
    private List<String> grid = List.of();

    @Option(
            names = RANDOM,
            paramLabel = "KEY=RANGE",
            description = "A range to draw a key from: optimizer.rate={from: 1e-4, to: 0.1, scale: log}, with"
                    + " whole: true for whole numbers; or a list. May be repeated.")
    private List<String> random = List.of();

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "grid: every combination; random: random draws; halving: all trials for few epochs, the"
                    + " best of them again with more. By default random if there is --random, else grid.")
    private @Nullable String strategy;

    @Option(
            names = "--trials",
            paramLabel = "N",
            description = "Number of trials: 20 by default, for a grid all combinations.")
    private @Nullable Integer trials;

    @Option(
            names = FOLDS,
            paramLabel = "K",
            description = "Folds of the cross-validation on the training part, from 2; 5 by default.")
    private @Nullable Integer folds;

    @Option(
            names = HOLDOUT,
            paramLabel = "SHARE",
            description = "Instead of folds, evaluate on this share of the training part: above 0 and below 1.")
    private @Nullable Double holdout;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "Metric to compare trials by: loss, or one of 'neurite list metrics'; by default accuracy,"
                    + " for regression rmse.")
    private @Nullable String metric;

    @Option(
            names = "--factor",
            paramLabel = "N",
            description = "For halving: the best N-th of the trials continues with N times the epochs; 3 by default.")
    private @Nullable Integer factor;

    @Option(
            names = "--least-epochs",
            paramLabel = "N",
            description = "For halving: the least epochs of the first round; 1 by default.")
    private @Nullable Integer leastEpochs;

    /// The settings of options and section together; options override the section.
    /// @param section the section `search`; empty if there is none
    /// @param seed the seed on the command line
    /// @throws ConfigException for unknown names and values out of range
    public SearchSettings settings(Optional<YamlNode> section, Optional<Long> seed) {
        Mapping keys = section.map(YamlNode::asMapping).orElse(new Mapping(new Place("search", 0), List.of()));
        for (Member each : keys.members()) {
            if (KEYS.contains(each.key())) continue;
            String hint = Spelling.hint(each.key(), KEYS);
            throw new ConfigException(
                    each.place().toString(),
                    "expects one of " + String.join(", ", KEYS) + " under search, got '" + each.spelled() + "'",
                    hint);
        }
        List<SearchSpace.Dimension> dimensions = new ArrayList<>();
        boolean draws = dimensions(keys, dimensions);
        if (dimensions.isEmpty()) {
            throw new ConfigException(
                    "search",
                    "expects values to try, got none",
                    "As in --grid optimizer.rate=1e-2,1e-3, or in a section search");
        }
        boolean holds =
                holdout != null || (folds == null && keys.member("holdout").isPresent());
        if (holdout != null && folds != null) throw new ConfigException(HOLDOUT, "expects no " + FOLDS + ", got both");
        if (keys.member("holdout").isPresent() && keys.member("folds").isPresent()) {
            throw new ConfigException(
                    keys.member("holdout").get().place() + " search.holdout", "expects no folds, got both");
        }
        String usual = draws ? "random" : "grid";
        return new SearchSettings(
                new SearchSpace(dimensions),
                EnumChoice.of("--strategy", text(keys, "strategy", strategy).orElse(usual), Strategy.values()),
                whole(keys, "trials", trials, 1),
                seed.or(() -> number(keys, "seed").map(SearchOptions::seed)).orElse(0L),
                holds ? 0 : whole(keys, "folds", folds, 2).orElse(5),
                holds ? share(keys) : 0,
                text(keys, "metric", metric),
                whole(keys, "factor", factor, 2).orElse(3),
                whole(keys, "least-epochs", leastEpochs, 1).orElse(1));
    }

    /// How trials are chosen.
    enum Strategy {
        GRID,
        RANDOM,
        HALVING
    }

    private boolean dimensions(Mapping keys, List<SearchSpace.Dimension> dimensions) {
        boolean draws = false;
        for (String kind : List.of("grid", "random")) {
            boolean drawn = kind.equals("random");
            List<Member> members = new ArrayList<>();
            for (String text : drawn ? random : grid) members.add(member(drawn ? RANDOM : GRID, text, drawn));
            List<String> typed = members.stream().map(Member::key).toList();
            keys.member(kind).ifPresent(section -> {
                for (Member each : section.value().asMapping().members()) {
                    if (!typed.contains(each.key())) members.add(each);
                }
            });
            draws |= drawn && !members.isEmpty();
            members.forEach(each -> dimensions.add(SearchSpace.dimension(each, drawn)));
        }
        return draws;
    }

    private static Member member(String option, String text, boolean drawn) {
        int equal = text.indexOf('=');
        if (equal < 1) {
            throw new ConfigException(option, "expects key=values, as in optimizer.rate=1e-2,1e-3, got '" + text + "'");
        }
        var place = new Place(option, 0);
        String values = text.substring(equal + 1).strip();
        boolean range = drawn && values.startsWith("{");
        YamlNode value = YamlReader.text(place, range ? values : "[" + values + "]");
        return new Member(text.substring(0, equal).strip().replace('_', '-'), place, value);
    }

    // ---------------------------------------------------------------------------------------------------- values

    private static Optional<Member> number(Mapping keys, String key) {
        return keys.member(key).map(member -> {
            if (member.value() instanceof Scalar(Place _, Kind kind, String _) && kind == Kind.NUMBER) return member;
            throw new ConfigException(
                    where(member), "expects a number, got " + member.value().describe());
        });
    }

    private static String where(Member member) {
        return member.place() + " search." + member.key();
    }

    private static <T> T parsed(Member member, String what, Function<String, T> parse) {
        String text = ((Scalar) member.value()).text();
        try {
            return parse.apply(text);
        } catch (NumberFormatException _) {
            throw new ConfigException(where(member), "expects " + what + ", got '" + text + "'");
        }
    }

    private static long seed(Member member) {
        return parsed(member, "a whole number up to " + Long.MAX_VALUE, Long::valueOf);
    }

    private static Optional<Integer> whole(Mapping keys, String key, @Nullable Integer option, int least) {
        Optional<Member> member = option == null ? number(keys, key) : Optional.empty();
        String where = member.map(SearchOptions::where).orElse("--" + key);
        Optional<Integer> value = Optional.ofNullable(option)
                .or(() -> member.map(each -> parsed(each, "a whole number", Integer::valueOf)));
        value.ifPresent(each -> {
            if (each < least || each > MOST) {
                throw new ConfigException(where, "expects " + least + " to " + MOST + ", got " + each);
            }
        });
        return value;
    }

    private double share(Mapping keys) {
        Optional<Member> member = holdout == null ? number(keys, "holdout") : Optional.empty();
        double share = holdout != null
                ? holdout
                : member.map(each -> parsed(each, "a number", Double::valueOf)).orElseThrow();
        if (share > 0 && share < 1) return share;
        throw new ConfigException(
                member.map(SearchOptions::where).orElse(HOLDOUT), "expects a share above 0 and below 1, got " + share);
    }

    private static Optional<String> text(Mapping keys, String key, @Nullable String option) {
        return Optional.ofNullable(option)
                .or(() -> keys.member(key).map(each -> each.value().plain(each.place(), "search." + key)));
    }
}
