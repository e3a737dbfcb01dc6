package dev.neurite.dashboard;

import dev.neurite.http.Answer;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Request;
import dev.neurite.http.Route;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A page to try one model, with a form for each input: numbers, or a `.npy` file. For models of other
/// formats; those of Neurite have the tab Try it of a [Dashboard].
public final class ModelPage implements AutoCloseable {
    private static final int MOST_BODY = 8 << 20;
    private static final int MOST_FILE = 6 << 20;
    private static final int MOST_ELEMENTS = 1 << 20;
    private static final int MOST_AXES = 16;
    private static final int TOP = 5;
    private static final double NEAR = 1e-3; // what rounding may take from a sum of 1

    private final PageModel model;
    private final HttpService service;

    private ModelPage(PageModel model, HttpService.Settings settings) {
        this.model = model;
        Assets assets = Assets.of(ModelPage.class::getResourceAsStream)
                .add("/", "page/model.html")
                .add("/js/model.js", "page/js/model.js")
                .addAll("/", "page/", PageFiles.FILES);
        List<Route> routes = List.of(
                Route.get("/api/model", this::describe),
                Route.post("/api/model/run", this::run).computing());
        this.service = HttpService.start(settings, routes, assets);
    }

    /// Opens a page.
    /// @param host the address to listen at; empty for the loopback address
    /// @param port 0 for any that is free
    /// @param token what the page has to know to be let in; empty for a random one
    /// @throws dev.neurite.error.ConfigException for a host, port or token that the server refuses
    /// @throws dev.neurite.error.ResourceException if the port is taken
    public static ModelPage open(PageModel model, Optional<String> host, int port, Optional<String> token) {
        HttpService.Settings settings = HttpService.Settings.USUAL.port(port);
        if (host.isPresent()) settings = settings.host(host.get());
        if (token.isPresent()) settings = settings.token(token.get());
        return new ModelPage(model, settings);
    }

    /// The address for a browser, with the secret.
    public URI url() {
        return service.url();
    }

    public int port() {
        return service.port();
    }

    /// Whether other computers can reach the page.
    public boolean isPublic() {
        return service.isPublic();
    }

    private Answer describe(Request request) {
        return Answer.json(Map.of(
                "name",
                model.name(),
                "inputs",
                model.inputs().stream().map(ModelPage::port).toList(),
                "outputs",
                model.outputs().stream().map(ModelPage::port).toList()));
    }

    private static Map<String, Object> port(PageModel.Port port) {
        return Map.of("name", port.name(), "type", port.type(), "extents", port.extents());
    }

    private Answer run(Request request) throws IOException {
        JsonFields inputs = request.json(MOST_BODY).only("inputs").object("inputs");
        List<String> names = model.inputs().stream().map(PageModel.Port::name).toList();
        inputs.only(names.toArray(new String[0]));
        Map<String, PageModel.Given> values = new LinkedHashMap<>();
        for (String name : names) values.put(name, given(inputs.object(name)));
        return Answer.json(Map.of(
                "outputs", model.run(values).stream().map(ModelPage::result).toList()));
    }

    private static PageModel.Given given(JsonFields value) {
        if (value.has("npy")) return new PageModel.Given.File(value.only("npy").base64("npy", MOST_FILE));
        value.only("shape", "values");
        List<Integer> shape = new ArrayList<>();
        long size = 1;
        for (double each : value.numbers("shape", MOST_AXES)) {
            if (each != Math.rint(each) || each < 0 || each > MOST_ELEMENTS) {
                throw value.problem("shape", "expects extents from 0 to " + MOST_ELEMENTS + ", got " + each);
            }
            shape.add((int) each);
            size *= (int) each;
        }
        boolean texts = value.value("values") instanceof JsonArray(var items)
                && !items.isEmpty()
                && items.getFirst() instanceof JsonString;
        int count;
        PageModel.Given given;
        if (texts) {
            List<String> all = value.texts("values", MOST_ELEMENTS);
            count = all.size();
            given = new PageModel.Given.Texts(shape, all);
        } else {
            double[] all = value.numbers("values", MOST_ELEMENTS);
            count = all.length;
            given = new PageModel.Given.Numbers(shape, all);
        }
        if (count != size)
            throw value.problem("values", "expects " + size + " for the shape " + shape + ", got " + count);
        return given;
    }

    private static Map<String, Object> result(PageModel.Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", result.name());
        json.put("type", result.type());
        json.put("shape", result.shape());
        json.put("first", result.first());
        json.put("top", top(result.row()));
        return json;
    }

    /// The largest numbers of what looks like probabilities: from 0 to 1, with the sum 1. Empty for
    /// others.
    static List<Map<String, Object>> top(double... row) {
        double sum = 0;
        for (double each : row) {
            if (!(each >= 0 && each <= 1)) return List.of();
            sum += each;
        }
        if (row.length < 2 || Math.abs(sum - 1) > NEAR) return List.of();
        return IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -row[i]))
                .limit(TOP)
                .map(i -> Map.<String, Object>of("index", i, "p", row[i]))
                .toList();
    }

    /// Ends the page.
    @Override
    public void close() {
        service.close();
    }
}
