package dev.neurite.dashboard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.Dashboard;
import dev.neurite.dashboard.Kinds;
import dev.neurite.dashboard.ModelPage;
import dev.neurite.dashboard.ModelPageTest;
import dev.neurite.dashboard.PageFiles;
import dev.neurite.dashboard.PageModel;
import dev.neurite.dashboard.api.PredictResource;
import dev.neurite.dashboard.view.Subject;
import dev.neurite.dashboard.view.TriedModel;
import dev.neurite.error.DataException;
import dev.neurite.http.Access;
import dev.neurite.http.Answer;
import dev.neurite.http.HttpService;
import dev.neurite.http.JsonFields;
import dev.neurite.http.Route;
import dev.neurite.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// Try it and Errors for a model of each kind, in Chromium. With `-Pthorough -Dkinds.shots=DIRECTORY` it leaves a
/// picture of each, light and dark, 1400 and 390 pixels wide.
@NullUnmarked // what BeforeAll sets
@Timeout(240)
final class KindsOnThePageTest {
    @TempDir
    private static Path place;

    private static Browser browser;
    private static Kinds kinds;
    private static Dashboard dashboard;

    @BeforeAll
    static void start() throws IOException {
        kinds = Kinds.write(place.resolve("runs"));
        dashboard = Dashboard.of(place.resolve("runs"))
                .port(0)
                .endsWithProgram()
                .announce(_ -> {})
                .source(kinds.source());
        browser = new Browser();
    }

    @AfterAll
    static void end() {
        if (browser != null) browser.close();
        if (dashboard != null) dashboard.close();
    }

    @BeforeEach
    void reset() {
        browser.open("about:blank");
        browser.window(1400, 1000, 1, false);
        browser.colors("light");
        browser.complaints();
    }

    private static void open(String run, String tab) {
        browser.open(dashboard.url() + "&run=" + run + "&tab=" + tab);
        browser.one("#tab-" + tab + "[aria-selected='true']");
    }

    /// Waits for an answer; enters what there is none without.
    private static void answered(String run) {
        switch (run) {
            case "image", "folder", "picture-and-table", "text-and-table", "twins" -> {
                browser.press(
                        "main",
                        List.of("image", "folder").contains(run) ? "Example from the data" : "Row from the data");
                said();
            }
            case "outputs", "table", "regression", "labels", "numbers", "threshold", "text", "steps", "tagger" ->
                said();
            case "language" -> {
                browser.press("main", "Continue the text");
                browser.await(() -> browser.text("[role='status'].small").contains("pieces of text"), "the end");
            }
            case "series" -> browser.one("section[aria-labelledby='forecast-title'] svg path");
            default -> throw new AssertionError("no answer of " + run + " is expected");
        }
    }

    private static void said() {
        browser.await(
                () -> !browser.all(".steps li").isEmpty()
                        || browser.all(".answer").stream()
                                .anyMatch(each -> each.getText().length() > 1),
                "an answer");
    }

    @Test
    void everyKindIsTriedAndItsErrorsAreSeen() throws Exception {
        everyKind(List.of("image", "table", "language", "series"));
    }

    @Test
    @Tag("thorough")
    void everyKindIsTriedAndItsErrorsAreSeenWithoutBarriers() throws Exception {
        everyKind(kinds.names());
    }

    /// @param looked the kinds whose pages are also searched for barriers, and seen on a phone
    private static void everyKind(List<String> looked) throws IOException {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String run : kinds.names()) {
            open(run, "try");
            answered(run);
            if (looked.contains(run)) look(run, "try", found);
            open(run, "errors");
            browser.one(".example");
            if (looked.contains(run)) look(run, "errors", found);
        }
        assertThat(found).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    /// Colors alone differ: pages of a run are looked at in both every time, see BrowserTest.
    @Test
    @Tag("thorough")
    void darkColorsHaveContrastForEveryKind() throws Exception {
        Map<String, List<String>> found = new LinkedHashMap<>();
        browser.colors("dark");
        for (String run : kinds.names()) {
            for (String tab : List.of("try", "errors")) {
                open(run, tab);
                if (tab.equals("try")) answered(run);
                else browser.one(".example");
                barriers(run + ", " + tab + ", dark", found, "color-contrast");
                shot(run + "-" + tab + "-dark", 1400);
            }
        }
        assertThat(found).isEmpty();
    }

    private static void look(String run, String tab, Map<String, List<String>> found) throws IOException {
        barriers(run + ", " + tab, found);
        shot(run + "-" + tab + "-light", 1400);
        browser.window(390, 844, 2, true);
        Browser.pause(200);
        long wide = (long) browser.js("return document.documentElement.scrollWidth");
        if (wide > 390) found.put(run + ", " + tab + ", phone", List.of(wide + " pixels wide"));
        shot(run + "-" + tab + "-light", 390);
        browser.window(1400, 1000, 1, false);
    }

    private static void barriers(String where, Map<String, List<String>> found, String... rules) {
        Browser.pause(150);
        List<String> barriers = browser.barriers(rules);
        if (!barriers.isEmpty()) found.put(where, barriers);
    }

    /// Adds up numbers of any shape.
    private record Sum() implements PageModel {
        @Override
        public String name() {
            return "sum.onnx";
        }

        @Override
        public List<Port> inputs() {
            return List.of(new Port("input", "int64", List.of("…")), new Port("input_ids", "int64", List.of("1")));
        }

        @Override
        public List<Port> outputs() {
            return List.of(new Port("sum", "int64", List.of()));
        }

        @Override
        public List<Result> run(Map<String, Given> values) {
            if (!(values.get("input") instanceof Given.Numbers(List<Integer> shape, double[] numbers))) {
                throw new DataException("input", "expects numbers");
            }
            long sum = 0;
            for (double each : numbers) sum += (long) each;
            return List.of(new Result("sum", "int64", shape, List.of("" + sum), new double[0]));
        }
    }

    @Test
    void numbersOfAnyShapeAreEnteredAndIntegersAreShownWhole() {
        try (ModelPage page = ModelPage.open(new Sum(), Optional.empty(), 0, Optional.empty())) {
            browser.open(page.url().toString());
            enter("#port-0-shape", "2×2");
            enter("#port-0-values", "151640 1 1 1");
            browser.press("main", "Run");
            browser.await(() -> browser.text("main").contains("151643"), "the sum");
            assertThat(browser.text("main")).contains("int64 [2×2]");
            enter("#port-1-values", "1 2");
            browser.press("main", "Run");
            browser.await(() -> browser.text("#problem").contains("got 2"), "the reason");
            assertThat(browser.one("#port-1-values").getAttribute("aria-invalid"))
                    .isEqualTo("true");
            assertThat(browser.one("#port-0-values").getAttribute("aria-invalid"))
                    .isNull();
            assertThat(browser.barriers()).isEmpty();
        }
    }

    @Test
    void modelsOfAServerAreTriedWithItsKey() {
        String name = "<img src=x onerror=alert(1)>";
        String key = "0123456789abcdef";
        Map<String, Object> table = Map.of(
                "name", name,
                "version", "2",
                "kind", "predictions",
                "words", "takes table and gives class",
                "curl", Map.of("type", "application/json", "body", "{\"it's\":1}"));
        Map<String, Object> vectors = Map.of(
                "name", "vectors",
                "version", "1",
                "kind", "embeddings",
                "words", "takes a text and gives its vector",
                "curl", Map.of("type", "application/json", "body", "\"a text\""));
        Map<String, Object> scores = Map.of(
                "name", "which & what",
                "version", "1",
                "kind", "scores",
                "words", "says how well texts answer a query",
                "curl", Map.of("type", "application/json", "body", "{}"));
        ModelFile file = kinds.content("table").model();
        var subject = new Subject(file, "", Optional.empty(), Optional.empty(), -1);
        List<Route> routes =
                new ArrayList<>(new PredictResource("/api/models/{name}", _ -> TriedModel.of(subject)).routes());
        routes.add(Route.get("/api/models", _ -> Answer.json(Map.of("models", List.of(table, vectors, scores)))));
        routes.add(Route.post("/predict/{name}", request -> {
            assertThat(request.json().text("text")).isEqualTo("some words");
            return Answer.json(Map.of("kind", "vector", "vector", List.of(0.5, -0.5), "tokens", 2));
        }));
        routes.add(Route.post("/rerank", request -> {
            assertThat(request.query("model")).hasValue("which & what");
            JsonFields body = request.json();
            assertThat(body.text("query")).isEqualTo("where is it?");
            assertThat(body.texts("texts", 9)).containsExactly("<b>elsewhere</b>", "there");
            return Answer.json(List.of(Map.of("index", 1, "score", 0.75), Map.of("index", 0, "score", 0.001)));
        }));
        HttpService.Settings settings = HttpService.Settings.USUAL.port(0).access(new Access.Keys(List.of(key)));
        try (HttpService service = HttpService.start(settings, routes, PageFiles.models())) {
            browser.open(service.url().toString());
            enter("#key", key);
            browser.press("main", "Go on");
            said();
            assertThat(browser.text("h2")).isEqualTo(name);
            assertThat(browser.all("img")).isEmpty();
            assertThat(browser.text("pre"))
                    .contains("/predict/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E' -H \"Authorization: Bearer $KEY\"")
                    .endsWith("-d '{\"it'\\''s\":1}'");
            assertThat(browser.barriers()).isEmpty();
            browser.press("main", "vectors");
            browser.one("#text");
            enter("#text", "some words");
            browser.press("main", "Ask");
            browser.await(() -> browser.text("main").contains("vector of 2 tokens"), "the vector");
            assertThat(browser.barriers()).isEmpty();
            browser.press("main", "which & what");
            browser.one("#query");
            assertThat(browser.text("pre")).contains("/rerank?model=which%20%26%20what'");
            enter("#query", "where is it?");
            enter("#texts", "<b>elsewhere</b>\n\nthere");
            browser.press("main", "Ask");
            browser.await(() -> browser.all(".bar").size() == 2, "the scores");
            assertThat(browser.all(".bar").stream().map(WebElement::getText))
                    .containsExactly("there\n75.0 %", "<b>elsewhere</b>\n0.1 %");
            assertThat(browser.barriers()).isEmpty();
            assertThat(browser.word("return sessionStorage.getItem('neurite-key')"))
                    .isEqualTo(key);
            assertThat(browser.word("return document.cookie + localStorage.length"))
                    .isEqualTo("0");
        }
    }

    private static void shot(String name, int width) throws IOException {
        String folder = System.getProperty("kinds.shots");
        if (folder == null) return;
        long height = (long) browser.js("return document.documentElement.scrollHeight");
        byte[] picture = browser.picture(width, (int) Math.min(height, 1900));
        Files.write(Files.createDirectories(Path.of(folder)).resolve(name + "-" + width + ".png"), picture);
    }

    private static void enter(String css, String text) {
        Supplier<Optional<WebElement>> entered = () -> { // anew, if the page draws the box again meanwhile
            WebElement box = browser.one(css);
            box.clear();
            box.sendKeys(text);
            return Optional.of(box);
        };
        browser.until(entered, css);
    }

    @Test
    void whatIsWrongIsSaidBesideTheForm() {
        open("table", "try");
        said();
        enter("#field-0", "heavy");
        browser.await(() -> browser.text("#try-problem").contains("expects a number"), "the reason");
        assertThat(browser.one("#field-0").getAttribute("aria-invalid")).isEqualTo("true");
        enter("#field-0", "8");
        browser.await(() -> browser.all("#field-0[aria-invalid='true']").isEmpty(), "no reason");
        said();
        open("text", "try");
        said();
        browser.one("#input-0-text").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.BACK_SPACE);
        browser.await(() -> browser.text("#try-problem").contains("at least one word"), "the reason");
        open("language", "try");
        enter("#prompt", "the ß");
        browser.press("main", "Continue the text");
        browser.await(() -> browser.text("#prompt-problem").contains("ß"), "the reason");
    }

    /// What is unusual is said, and an error leaves nothing of the answer before.
    @Test
    void whatIsUnusualIsSaid() {
        open("table", "try");
        said();
        browser.one("#influence-title");
        enter("#field-0", "1e30");
        browser.await(() -> browser.text(".warnings").contains("'weight' is 1.0E30, training saw"), "the warning");
        enter("#field-0", "heavy");
        browser.await(() -> browser.text("#try-problem").contains("expects a number"), "the reason");
        assertThat(browser.text("section[aria-labelledby='answer-title']")).doesNotContain("training saw");
        assertThat(browser.all("#influence-title")).isEmpty();
        browser.press("main", "Usual values");
        browser.one("#influence-title");
        assertThat(browser.one("#field-0").getAttribute("aria-invalid")).isNull();
    }

    @Test
    void whatIsNoTableHasNoForecast() {
        open("series", "try");
        browser.one("section[aria-labelledby='forecast-title'] svg path");
        browser.await(() -> browser.text("main").contains("2026-05-14"), "the time of the step");
        String before = browser.text(".answer");
        browser.js("const box = document.querySelector('#input-0-rows'); box.value = 'hello world';"
                + "box.dispatchEvent(new Event('input'))");
        browser.await(() -> browser.text(".answer").equals("–"), "no forecast");
        assertThat(browser.all("#forecast-title")).isEmpty();
        assertThat(browser.js("return document.querySelector('#input-0-rows').ariaInvalid"))
                .isEqualTo("true");
        paste(0);
        browser.await(() -> browser.text(".answer").equals(before), "the first forecast");
        open("series", "errors");
        browser.await(() -> browser.all(".example").size() == 8, "charts");
        assertThat(browser.text("main")).contains("by repeating the last value", "by repeating the season of 7");
        browser.press("main", "More");
        browser.await(() -> browser.all(".example").size() == 24, "all charts");
        browser.one("#only-series").sendKeys("harbour");
        browser.await(
                () -> browser.all(".example").stream()
                        .allMatch(each -> each.getText().contains("harbour, from 2026-")),
                "one series");
        assertThat(browser.all(".keys")).hasSize(1);
    }

    @Test
    void aForecastIsMovedAndItsValuesEdited() {
        open("series", "try");
        browser.one("section[aria-labelledby='forecast-title'] svg path");
        String before = browser.text(".answer");
        browser.await(() -> browser.all(".recent input").size() == 12, "recent values");
        List<WebElement> recent = browser.all(".recent input");
        recent.getLast().clear();
        recent.getLast().sendKeys("900");
        browser.await(() -> !browser.text(".answer").equals(before), "another forecast");
        browser.press("main", "Values of the data");
        browser.await(() -> browser.text(".answer").equals(before), "the first forecast");
        enter("#input-0-end", "60");
        browser.await(() -> browser.text("#forecast-summary").contains("Mean absolute error"), "the error");
    }

    @Test
    void anEditFollowsWhatWasPasted() {
        open("series", "try");
        browser.await(() -> browser.all(".recent input").size() == 12, "recent values");
        String before = browser.text(".answer");
        paste(30);
        browser.await(() -> !browser.text(".answer").equals(before), "a forecast of the rows");
        String pasted = browser.text(".answer");
        WebElement last = browser.all(".recent input").getLast();
        last.clear();
        last.sendKeys("900");
        browser.await(() -> !List.of(before, pasted).contains(browser.text(".answer")), "a forecast of the edit");
        assertThat(browser.js("return document.querySelector('#input-0-rows').value"))
                .isEqualTo("");
        paste(30);
        browser.await(() -> browser.text(".answer").equals(pasted), "a forecast of the rows");
        paste(0);
        browser.await(() -> browser.text(".answer").equals(before), "the first forecast");
        paste(30);
        browser.await(() -> browser.text(".answer").equals(pasted), "a forecast of the rows");
        browser.press("main", "Values of the data");
        browser.await(() -> browser.text(".answer").equals(before), "the first forecast");
    }

    private static void paste(int days) {
        browser.js("const box = document.querySelector('#input-0-rows');"
                + "const day = (i) => new Date(Date.UTC(2026, 6, 1 + i)).toISOString().slice(0, 10);"
                + "box.value = Array.from({ length: " + days
                + " }, (_, i) => `${day(i)},station,${500 + i}`).join('\\n');"
                + "box.dispatchEvent(new Event('input'))");
    }

    @Test
    void aKeptThresholdDecidesAndIsSaid() {
        open("threshold", "try");
        said();
        browser.await(
                () -> browser.text("main").contains("high from a probability of 0.001 on (recall 0.8"), "the rule");
        assertThat(browser.text("main")).doesNotContain("Or low");
        open("threshold", "errors");
        browser.await(() -> browser.text("main").contains("high from a probability of 0.001 on"), "the rule");
    }

    /// A photograph is cropped, as it is with one input, whatever the shape of the pad.
    @Test
    void aFileBesideOtherInputsIsSeenAsItIs() {
        open("picture-and-table", "try");
        browser.one("canvas");
        browser.js("""
            const canvas = document.createElement('canvas');
            canvas.width = 240; canvas.height = 80;
            const context = canvas.getContext('2d');
            ['#ff0000', '#00ff00', '#0000ff'].forEach((color, i) => { context.fillStyle = color; context.fillRect(80 * i, 0, 80, 80); });
            canvas.toBlob((blob) => {
              const data = new DataTransfer();
              data.items.add(new File([blob], 'flag.png', { type: 'image/png' }));
              const event = new DragEvent('drop', { dataTransfer: data });
              document.querySelector('.pad-canvas').dispatchEvent(event);
            });\
            """);
        browser.await(() -> (boolean) browser.js("return document.querySelector('.invite').hidden"), "the file");
        browser.press("main", "Predict");
        browser.one(".seen canvas");
        Object colors = browser.js("""
            const canvas = document.querySelector('.seen canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.width, canvas.height, ...data.slice(0, 3), ...data.slice(-4, -1)].join(' ');\
            """);
        assertThat(colors).isEqualTo("12 16 0 255 0 0 255 0");
    }

    /// A pasted picture goes where the focus is, of two pads.
    @Test
    void aPictureIsPastedIntoOnePad() {
        open("twins", "try");
        browser.await(() -> browser.all(".pad-canvas").size() == 2, "two pads");
        String paste = """
            const canvas = document.createElement('canvas');
            canvas.toBlob((blob) => {
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File([blob], 'a.png', { type: 'image/png' }));
              document.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
              document.body.dataset.pasted = 'yes';
            });\
            """;
        browser.js(paste);
        browser.await(() -> "yes".equals(browser.js("return document.body.dataset.pasted")), "the event");
        browser.js("document.querySelectorAll('.pad-canvas')[1].focus()");
        browser.js(paste);
        browser.await(() -> shown().equals("false true"), "the picture in the second pad only");
    }

    /// Whether each pad shows something.
    private static String shown() {
        return "" + browser.js("return [...document.querySelectorAll('.invite')].map((each) => each.hidden).join(' ')");
    }

    @Test
    void theOutputIsChosen() {
        open("outputs", "errors");
        browser.one(".matrix");
        WebElement select = browser.one("#output");
        select.sendKeys("weight");
        browser.await(
                () -> !browser.all("section[aria-labelledby='residuals-title']").isEmpty(), "residuals");
    }

    @Test
    void aModelOfAnotherFormatIsTried() throws Exception {
        try (ModelPage page = ModelPage.open(ModelPageTest.shares(), Optional.empty(), 0, Optional.empty())) {
            browser.open(page.url().toString());
            enter("#port-0-values", "1 2 5");
            browser.press("main", "Run");
            browser.await(() -> browser.text("main").contains("62.5 %"), "the largest");
            enter("#port-0-values", "1 2");
            browser.press("main", "Run");
            browser.await(() -> browser.text("#problem").contains("got 2"), "the reason");
            assertThat(browser.barriers()).isEmpty();
            browser.colors("dark");
            assertThat(browser.barriers("color-contrast")).isEmpty();
            shot("onnx-dark", 1400);
            browser.colors("light");
            browser.window(390, 844, 2, true);
            Browser.pause(200);
            assertThat((long) browser.js("return document.documentElement.scrollWidth"))
                    .isLessThanOrEqualTo(390);
            shot("onnx-light", 390);
        }
    }
}
