package dev.neurite.dashboard;

import dev.neurite.http.Assets;
import java.util.List;

/// The files of the page. Only these are served; `PageFilesTest` compares them with the folder.
public final class PageFiles {
    static final List<String> FILES = List.of(
            "css/base.css",
            "css/page.css",
            "css/tokens.css",
            "icon.svg",
            "index.html",
            "js/answers.js",
            "js/api.js",
            "js/arrangement.js",
            "js/axes.js",
            "js/chart.js",
            "js/compare.js",
            "js/data.js",
            "js/dom.js",
            "js/errors.js",
            "js/examples.js",
            "js/figure.js",
            "js/forecast.js",
            "js/graph.js",
            "js/histograms.js",
            "js/inputs.js",
            "js/layers.js",
            "js/log.js",
            "js/marks.js",
            "js/math.js",
            "js/network.js",
            "js/overview.js",
            "js/pad.js",
            "js/page.js",
            "js/palette.js",
            "js/parallel.js",
            "js/pixels.js",
            "js/plot.js",
            "js/prompt.js",
            "js/rows.js",
            "js/runs.js",
            "js/sse.js",
            "js/state.js",
            "js/stream-worker.js",
            "js/stream.js",
            "js/surface.js",
            "js/tags.js",
            "js/theme.js",
            "js/topbar.js",
            "js/tryit.js",
            "js/words.js",
            "vendor/uplot/uPlot.esm.js",
            "vendor/uplot/uPlot.min.css");

    private PageFiles() {}

    /// The page of a server's models at `/`, its files below.
    public static Assets models() {
        return Assets.of(PageFiles.class::getResourceAsStream)
                .add("/", "page/models.html")
                .add("/js/models.js", "page/js/models.js")
                .add("/js/model.js", "page/js/model.js")
                .addAll("/", "page/", FILES);
    }

    /// The page at `/`, its files below.
    static Assets assets() {
        return Assets.of(PageFiles.class::getResourceAsStream)
                .add("/", "page/index.html")
                .addAll("/", "page/", FILES);
    }
}
