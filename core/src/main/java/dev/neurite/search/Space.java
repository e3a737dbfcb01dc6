package dev.neurite.search;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The names that a search tries values for.
/// @param dimensions the values by name
record Space(SequencedMap<String, Candidates> dimensions) {
    private static final int MOST = 100_000; // points of a grid

    /// The same with one more name.
    Space with(String name, Candidates values) {
        SequencedMap<String, Candidates> more = new LinkedHashMap<>(dimensions);
        if (more.put(name, values) != null) {
            throw new ConfigException("search " + name, "expects each name once, got it twice");
        }
        return new Space(more);
    }

    /// Whether all values are lists, so that there is a grid.
    boolean isGrid() {
        return dimensions.values().stream().allMatch(each -> each instanceof Choice);
    }

    /// All combinations of values; those of the last name change first.
    /// @throws ConfigException for a range, or for more than 100,000
    List<Point> grid() {
        List<SequencedMap<String, Object>> points = new ArrayList<>(List.of(new LinkedHashMap<>()));
        for (var each : dimensions.entrySet()) {
            if (!(each.getValue() instanceof Choice(List<Object> values))) {
                throw new ConfigException(
                        "search " + each.getKey(), "expects a list of values in a grid, got " + each.getValue());
            }
            if ((long) points.size() * values.size() > MOST) {
                throw new ConfigException("grid", "expects at most " + MOST + " trials, got more");
            }
            List<SequencedMap<String, Object>> more = new ArrayList<>();
            for (SequencedMap<String, Object> point : points) {
                for (Object value : values) {
                    SequencedMap<String, Object> longer = new LinkedHashMap<>(point);
                    longer.put(each.getKey(), value);
                    more.add(longer);
                }
            }
            points = more;
        }
        return points.stream().map(Point::new).toList();
    }

    /// Draws a point. It depends on seed and number only, not on other points.
    /// @param number from 0
    Point draw(long seed, int number) {
        SequencedMap<String, Object> values = new LinkedHashMap<>();
        long state = mix(seed) + number;
        for (var each : dimensions.entrySet()) {
            state = mix(state + each.getKey().hashCode());
            values.put(each.getKey(), each.getValue().at((state >>> 11) * 0x1p-53));
        }
        return new Point(values);
    }

    /// SplitMix64, of Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
    private static long mix(long state) {
        long z = state + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
