package dev.neurite.data.series;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The windows over time series as rows. A row's input is `[steps × features]`, the oldest step first; its target is
/// `[horizon·targets]`, the values of the steps that follow, the nearest first. Rows are in the order of the series
/// and of time. Windows are not copied: the memory is that of the series, whatever the length of the windows.
///
/// [#split] cuts each series by time: windows to train on end before the first step of the validation part, and those
/// of each part have all their targets in it. What they see may be older, as it is known when a forecast is made.
public final class SeriesWindows implements Dataset {
    private final TimeSeries series;
    private final SeriesWindow window;
    private final int[] from; // of each series, the first step that may be a target
    private final int[] to; // the end of those steps
    private final int[] firstRows; // the row of the first window of each series, and the number of all rows
    private final boolean prepared;

    private SeriesWindows(TimeSeries series, SeriesWindow window, int[] from, int[] to, boolean prepared) {
        this.series = series;
        this.window = window;
        this.from = from;
        this.to = to;
        this.prepared = prepared;
        this.firstRows = new int[series.count() + 1];
        for (int s = 0; s < series.count(); s++) {
            int room = to[s] - first(s) - window.horizon();
            int windows = room < 0 ? 0 : room / window.stride() + 1;
            firstRows[s + 1] = Math.addExact(firstRows[s], windows);
        }
    }

    /// All windows.
    /// @throws DataException if no series is as long as a window
    public static SeriesWindows of(TimeSeries series, SeriesWindow window) {
        return of(series, window, false);
    }

    /// @param prepared whether the inputs are scaled already
    static SeriesWindows of(TimeSeries series, SeriesWindow window, boolean prepared) {
        int[] ends = new int[series.count()];
        Arrays.setAll(ends, series::length);
        var all = new SeriesWindows(series, window, new int[ends.length], ends, prepared);
        return all.requireRows("time series", "Take a shorter window or horizon");
    }

    private SeriesWindows requireRows(String part, String hint) {
        if (size() > 0) return this;
        int longest = 0;
        for (int s = 0; s < from.length; s++) longest = Math.max(longest, to[s] - from[s]);
        boolean whole = Arrays.stream(from).allMatch(each -> each == 0);
        String need = whole
                ? window.length() + " steps, " + window.steps() + " to see and " + window.horizon() + " to forecast"
                : window.horizon() + " steps to forecast";
        throw new DataException(
                part, "expects a series of at least " + need + ", got " + longest + " in the longest", hint);
    }

    /// The first step from which a window of a series forecasts.
    private int first(int s) {
        return Math.max(window.steps(), from[s]);
    }

    /// The same steps as targets, in other windows.
    /// @throws DataException if none is left
    public SeriesWindows with(SeriesWindow other) {
        var windows = new SeriesWindows(series, other, from, to, prepared);
        return windows.requireRows("time series", "Take a longer series, or a shorter window or horizon");
    }

    /// The same windows with a season, by which the forecasts of a model that is trained on them are compared with
    /// naive ones: its file has it. Series of arrays have none.
    public SeriesWindows withSeason(NaiveForecast season) {
        return new SeriesWindows(series.withSeason(season), window, from, to, prepared);
    }

    public TimeSeries series() {
        return series;
    }

    /// What a row sees and forecasts.
    public SeriesWindow window() {
        return window;
    }

    public int seriesOf(int row) {
        int at = Arrays.binarySearch(firstRows, row);
        if (at < 0) return -at - 2;
        while (firstRows[at + 1] == row) at++; // series without windows
        return at;
    }

    /// The first step that a row forecasts, from 0 in its series; it sees those before.
    public int stepOf(int row) {
        int s = seriesOf(row);
        return first(s) + (row - firstRows[s]) * window.stride();
    }

    /// The first step of a series that is a target here: what was before is known when these rows are forecast.
    public int startOf(int s) {
        return first(s);
    }

    /// The end of the steps of a series that are targets here.
    public int endOf(int s) {
        return to[s];
    }

    /// Cuts the series in two by time.
    /// @param testShare the share of the steps of each series, its last ones, that become the test part; above 0
    /// and below 1
    /// @throws ConfigException for another share
    /// @throws DataException if a part has no window
    public SeriesSplit split(double testShare) {
        int[] test = cuts(from, to, "test share", testShare);
        return split(test, test);
    }

    /// Cuts the series in three by time.
    /// @param validationShare the share of the steps before the test part that become the validation part; above 0
    /// and below 1
    /// @param testShare the share of all steps that become the test part; above 0 and below 1
    /// @throws ConfigException for another share
    /// @throws DataException if a part has no window
    public SeriesSplit split(double validationShare, double testShare) {
        int[] test = cuts(from, to, "test share", testShare);
        return split(cuts(from, test, "validation share", validationShare), test);
    }

    /// @param validation the first step of the validation part of each series; that of the test part if there is none
    /// @param test the first step of the test part
    SeriesSplit split(int[] validation, int[] test) {
        boolean validates = !Arrays.equals(validation, test);
        String longer = "Take a longer series, or a shorter window or horizon";
        String share = "Take a larger share, or a shorter horizon";
        return new SeriesSplit(
                part(from, validation).requireRows("training part", longer),
                validates
                        ? Optional.of(part(validation, test).requireRows("validation part", share))
                        : Optional.empty(),
                part(test, to).requireRows("test part", share));
    }

    private SeriesWindows part(int[] begin, int[] end) {
        return new SeriesWindows(series, window, begin, end, prepared);
    }

    /// The step of each series at which its last part begins.
    /// @param share of that part
    static int[] cuts(int[] from, int[] to, String where, double share) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException(where, "expects a number above 0 and below 1, got " + share);
        }
        int[] cuts = new int[from.length];
        for (int s = 0; s < cuts.length; s++) cuts[s] = to[s] - (int) Math.round((to[s] - from[s]) * share);
        return cuts;
    }

    @Override
    public Optional<RowOrigin> origin() {
        return series.origin();
    }

    @Override
    public int size() {
        return firstRows[firstRows.length - 1];
    }

    @Override
    public Shape inputShape() {
        return Shape.of(window.steps(), series.features());
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }

    @Override
    public Shape targetShape() {
        return Shape.of(window.horizon() * series.targets());
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        series.readInputs(seriesOf(row), stepOf(row) - window.steps(), window.steps(), array, at);
    }

    @Override
    public int label(int row) {
        throw new UnsupportedOperationException("a time series has values, not class labels");
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        series.readTargets(seriesOf(row), stepOf(row), window.horizon(), array, at);
    }

    @Override
    public List<Past> past() {
        return series.past();
    }

    @Override
    public boolean isPrepared() {
        return prepared;
    }

    @Override
    public boolean isMapped() {
        return series.isMapped();
    }

    @Override
    public String toString() {
        return describe();
    }
}
