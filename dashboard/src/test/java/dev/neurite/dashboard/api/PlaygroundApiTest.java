package dev.neurite.dashboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.ClientSession;
import dev.neurite.dashboard.playground.Experiment;
import dev.neurite.dashboard.playground.PageSessions;
import dev.neurite.http.Assets;
import dev.neurite.http.HttpService;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The playground over HTTP.
@Timeout(60)
class PlaygroundApiTest {
    private final PlaygroundApi api = new PlaygroundApi();
    private final HttpService service =
            HttpService.start(HttpService.Settings.USUAL.port(0).daemon(true), api.routes(), Assets.none());
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private ClientSession page;

    @BeforeEach
    void join() {
        page = ClientSession.begin(client, service.url());
    }

    @AfterEach
    void end() {
        client.close();
        api.close();
        service.close();
    }

    /// A JSON value of an answer.
    private record Node(Json json) {
        Node get(String key) {
            Json member = ((JsonObject) json).map().get(key);
            if (member == null) throw new AssertionError("expects " + key + ", got " + json.write());
            return new Node(member);
        }

        String write() {
            return json.write();
        }

        List<Node> list() {
            return ((JsonArray) json).list().stream().map(Node::new).toList();
        }
    }

    private static Node object(HttpResponse<String> answer, int status) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return new Node(Json.read(answer.body()));
    }

    private static String text(Node node) {
        return ((JsonString) node.json()).value();
    }

    private static double number(Node node) {
        return Double.parseDouble(((JsonNumber) node.json()).literal());
    }

    private Node setup(String body) throws Exception {
        return object(page.post("/api/playground/setup", body), 200);
    }

    private Node act(String session, String rest, int status) throws Exception {
        return object(page.post("/api/playground/do", "{\"session\":\"" + session + "\"," + rest + "}"), status);
    }

    @Test
    void anExperimentIsSetUpAndTakesSteps() throws Exception {
        Node all = setup("{\"experiment\":{\"data\":\"xor\",\"layers\":[3],\"optimizer\":\"adam\"}}");
        String session = text(all.get("session"));
        Node experiment = all.get("experiment");
        assertThat(text(experiment.get("data"))).isEqualTo("xor");
        assertThat(number(experiment.get("rate"))).isEqualTo(Experiment.usual().rate());
        Node description = all.get("description");
        assertThat(description.get("points").list()).hasSize(400);
        Node frame = act(session, "\"action\":\"step\",\"by\":\"epoch\",\"count\":2", 200)
                .get("frame");
        assertThat(number(frame.get("epoch"))).isEqualTo(2);
        assertThat(number(frame.get("step"))).isEqualTo(40);
        List<Node> layers = frame.get("layers").list();
        assertThat(layers).hasSize(2);
        List<Node> units = layers.getFirst().get("units").list();
        assertThat(units).hasSize(3);
        assertThat(Base64.getDecoder().decode(text(units.getFirst()))).hasSize(24 * 24);
        assertThat(Base64.getDecoder().decode(text(frame.get("surface")))).hasSize(64 * 64);
    }

    @Test
    void anAnsweredExperimentIsTheSameAgain() throws Exception {
        Node first = setup("{\"preset\":\"by-hand\"}");
        String again = "{\"experiment\":" + first.get("experiment").write() + "}";
        Node second = setup(again);
        assertThat(second.get("experiment")).isEqualTo(first.get("experiment"));
        assertThat(second.get("frame")).isEqualTo(first.get("frame"));
        assertThat(text(second.get("session"))).isNotEqualTo(text(first.get("session")));
    }

    @Test
    void aPageKeepsItsSessionWhenItChangesTheExperiment() throws Exception {
        String session = text(setup("{}").get("session"));
        for (int i = 0; i < 20; i++) {
            Node all = setup("{\"session\":\"" + session + "\",\"experiment\":{\"seed\":" + i + "}}");
            assertThat(text(all.get("session"))).isEqualTo(session);
        }
        assertThat(api.count()).isEqualTo(1);
    }

    @Test
    void formulasComeWithTheirNumbers() throws Exception {
        String session = text(setup("{\"preset\":\"by-hand\"}").get("session"));
        Node shown =
                object(page.get("/api/playground/formulas?layer=1&unit=2&example=1&alone=0&session=" + session), 200);
        assertThat(text(shown.get("title"))).isEqualTo("Unit 2 of layer 1");
        assertThat(shown.get("rows").write()).isEqualTo("[0,1]");
        assertThat(shown.get("sections").write())
                .contains("\"n\":-3.25}]", "{\"i\":\"z\",\"sub\":\"2\",\"sup\":\"(1)\"}", "{\"p\":[{\"n\":-1.0}]}");
        Node whole = object(page.get("/api/playground/formulas?layer=2&session=" + session), 200);
        assertThat(whole.get("sections").write()).contains("\"m\":[[1.0,-0.5],[-0.75,0.5]]");
        Node error = object(page.get("/api/playground/formulas?layer=3&session=" + session), 400);
        assertThat(text(error.get("error").get("path"))).isEqualTo("?layer");
    }

    @Test
    @Tag("measures-time")
    void framesArriveWhileItPlays() throws Exception {
        String session = text(setup("{}").get("session"));
        HttpResponse<java.io.InputStream> stream = client.send(
                page.request("/api/playground/events?session=" + session).build(), BodyHandlers.ofInputStream());
        assertThat(stream.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        try (var lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(number(nextFrame(lines).get("step"))).isZero(); // the present state comes first
            long begun = System.nanoTime(); // frames are sent before the answer is read
            act(session, "\"action\":\"play\",\"speed\":1000", 200);
            double before = 0;
            int frames = 0;
            while (before < 300) {
                Node frame = nextFrame(lines);
                double step = number(frame.get("step"));
                assertThat(step).isGreaterThanOrEqualTo(before);
                before = step;
                frames++;
            }
            double seconds = (System.nanoTime() - begun) * 1e-9;
            assertThat(frames).isLessThanOrEqualTo((int) (seconds * 20) + 3);
            Node frame = act(session, "\"action\":\"pause\"", 200).get("frame");
            assertThat(frame.get("playing").write()).isEqualTo("false");
        }
    }

    private static Node nextFrame(BufferedReader lines) throws Exception {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data: ")) line = lines.readLine();
        assertThat(line).as("the stream goes on").isNotNull();
        return new Node(Json.read(line.substring("data: ".length())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "layers":[3,9]                                              | experiment.layers[1]
        "layers":[2.5]                                              | experiment.layers[0]
        "layers":[1,1,1,1,1,1,1]                                    | experiment.layers
        "batch":0                                                   | experiment.batch
        "batch":1e9                                                 | experiment.batch
        "rate":1e-9                                                 | experiment.rate
        "rate":"fast"                                               | experiment.rate
        "noise":51                                                  | experiment.noise
        "dropout":1                                                 | experiment.dropout
        "seed":-1                                                   | experiment.seed
        "features":["x3"]                                           | experiment.features[0]
        "data":"moons"                                              | experiment.data
        "optimizer":17                                              | experiment.optimizer
        "edits":[{"layer":1,"unit":1,"input":0,"value":1e9}]        | experiment.edits[0].value
        "edits":[{"layer":9,"unit":1,"input":0,"value":1}]          | experiment.edits[0].layer
        "rates":1                                                   | experiment.rates
        "data":"hills"                                              | experiment.loss
        "edits":[{"layer":1,"unit":5,"input":0,"value":1}]          | experiment.edits[0].unit
        """)
    void wrongSettingsAreRefusedWithTheirPath(String setting, String path) throws Exception {
        Node answer = object(page.post("/api/playground/setup", "{\"experiment\":{" + setting + "}}"), 400);
        assertThat(text(answer.get("error").get("path"))).isEqualTo(path);
        assertThat(api.count()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "action":"explode"                                          | action
        "action":"step","by":"year"                                 | by
        "action":"step","by":"batch","count":101                    | count
        "action":"play","speed":-1                                  | speed
        "action":"edit","layer":1,"unit":1,"input":9,"value":0      | input
        "action":"edit","layer":1,"unit":1,"input":0                | value
        """)
    void wrongActionsAreRefusedWithTheirPath(String action, String path) throws Exception {
        String session = text(setup("{}").get("session"));
        Node answer = act(session, action, 400);
        assertThat(text(answer.get("error").get("path"))).isEqualTo(path);
    }

    @Test
    void anEditChangesTheExperiment() throws Exception {
        String session = text(setup("{}").get("session"));
        Node all = act(session, "\"action\":\"edit\",\"layer\":1,\"unit\":2,\"input\":1,\"value\":0.5", 200);
        assertThat(all.get("experiment").get("edits").write())
                .isEqualTo("[{\"layer\":1,\"unit\":2,\"input\":1,\"value\":0.5}]");
        assertThat(act(session, "\"action\":\"edit\",\"layer\":1,\"unit\":5,\"input\":1,\"value\":0", 400)
                        .get("error")
                        .get("path")
                        .write())
                .contains("unit");
    }

    @Test
    void sessionsEndAndAreFew() throws Exception {
        String first = text(setup("{}").get("session"));
        act(first, "\"action\":\"play\"", 200);
        for (int i = 0; i < PageSessions.MOST; i++) setup("{}");
        assertThat(api.count()).isEqualTo(PageSessions.MOST);
        assertThat(act(first, "\"action\":\"pause\"", 404)
                        .get("error")
                        .get("path")
                        .write())
                .isEqualTo("\"session\"");
        String last = text(setup("{}").get("session"));
        assertThat(page.post("/api/playground/close", "{\"session\":\"" + last + "\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(page.get("/api/playground/events?session=" + last).statusCode())
                .isEqualTo(404);
        assertThat(page.get("/api/playground/formulas?session=nobody").statusCode())
                .isEqualTo(404);
    }

    @Test
    void withoutTheCookieThereIsNothing() throws Exception {
        page = page.withoutCookie();
        assertThat(page.post("/api/playground/setup", "{}").statusCode()).isEqualTo(401);
        assertThat(page.get("/api/playground/formulas").statusCode()).isEqualTo(401);
        assertThat(api.count()).isZero();
    }

    @Test
    void threadsEndWithTheServer() throws Exception {
        String session = text(setup("{}").get("session"));
        act(session, "\"action\":\"play\",\"speed\":0", 200);
        assertThat(players()).isEqualTo(1);
        api.close();
        assertThat(players()).isZero();
    }

    private static long players() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("neurite-playground"))
                .count();
    }
}
