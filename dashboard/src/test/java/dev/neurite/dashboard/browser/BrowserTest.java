package dev.neurite.dashboard.browser;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.Client;
import dev.neurite.dashboard.Dashboard;
import dev.neurite.dashboard.Playground;
import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Digits;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ProbeLog;
import dev.neurite.loss.Losses;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import dev.neurite.train.TrainingEvent;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// The pages as people use them, in Chromium: each test is a story.
@NullUnmarked // what BeforeAll sets
@Timeout(120)
final class BrowserTest {
    /// Markup, which pages must show as it is.
    private static final String NAME = "<img src=x onerror=\"document.body.remove()\">";

    private static final List<String> TABS = List.of("overview", "layers", "errors", "try", "compare", "log");
    private static final String STEPS = """
        return [...document.querySelectorAll('section[aria-labelledby="metric-loss-title"] .sheet tbody th')].map((each) => Number(each.textContent.replaceAll(',', '')))
        """;

    private static final String MORE_FIGURES = ".folds > .fold:first-child > summary";
    private static final String MORE_CHARTS = ".view > .fold > summary";

    @TempDir
    private static Path place;

    private static Relay relay;
    private static Browser browser;
    private static Playground playground;
    private static Dashboard finished; // a training of digits of MNIST, beside some directories of runs

    @BeforeAll
    static void start() throws IOException {
        boolean pictures = System.getProperty("screenshots") != null; // deserve a better network
        DataSplit mnist = Mnist.rows(pictures ? 40_000 : 6_000, 2_000);
        relay = new Relay();
        browser = new Browser("MAP localhost 127.0.0.1:" + relay.port());
        playground = Playground.on(0);
        Path runs = Files.createDirectories(place.resolve("runs"));
        SampleRuns.write(runs);
        Path run = SampleRuns.mnist(runs.resolve("mnist-cnn"));
        finished = page().runs(runs).run(run, "test").data("test", mnist.test());
        Run done = Mnist.trainer()
                .epochs(2)
                .validateEvery(pictures ? 60 : 45)
                .callback(new MetricsLog(run.resolve("metrics.jsonl"), SampleRuns::fail).withKind("test"))
                .callback(new ProbeLog(run.resolve("histograms.jsonl"), SampleRuns::fail))
                .callback(finished)
                .fit(mnist.train(), mnist.test());
        SampleRuns.test(run, done.model(), mnist.test());
    }

    @AfterAll
    static void end() {
        if (browser != null) browser.close();
        if (finished != null) finished.close();
        if (playground != null) playground.close();
        if (relay != null) relay.close();
    }

    @BeforeEach
    void reset() throws Exception {
        browser.open("about:blank");
        browser.window(1400, 1000, 1, false);
        browser.colors("light");
        browser.complaints();
        browser.requests();
    }

    private static Dashboard page() {
        return Dashboard.on(0).loss(Losses.crossEntropy()).announce(_ -> {}).endsWithProgram();
    }

    /// Opens a page at a tab, and waits until it is drawn.
    private static void open(URI url, String tab) {
        browser.open(url + "&tab=" + tab);
        drawn(tab);
    }

    /// Shows another tab of the page that is open.
    private static void tab(String tab) {
        browser.click("#tab-" + tab);
        drawn(tab);
    }

    private static void drawn(String tab) {
        browser.one("#tab-" + tab + "[aria-selected='true']");
        String what = switch (tab) {
            case "overview" -> ".tile";
            case "layers" -> ".node[aria-pressed='true']";
            case "errors" -> ".matrix td.right";
            case "try" -> ".pad-canvas";
            case "compare" -> "section[aria-labelledby='overlay-title'] canvas";
            default -> "#view h2, #view h3";
        };
        browser.one(what);
        Browser.pause(300); // pictures of layers come one after the other
    }

    @Test
    void whatIsForbiddenIsNoticed() throws Exception {
        open(finished.url(), "log");
        browser.requireQuiet(finished.port());
        browser.js("document.body.setAttribute('style', 'color: red')");
        browser.await(
                () -> browser.complaints().stream().anyMatch(each -> each.contains("Content Security Policy")),
                "a violation of the content security policy");
        browser.js("document.body.append(Object.assign(document.createElement('button'), { textContent: '' }))");
        assertThat(browser.barriers()).anyMatch(each -> each.startsWith("button-name"));
        browser.open("http://127.0.0.1:" + playground.port() + "/playground");
        assertThat(browser.requests()).anyMatch(url -> url.contains(":" + playground.port() + "/"));
    }

    // -----------------------------------------------------------------------------------------------------
    // a training

    /// A training of digits that goes on until it is stopped, with 100 steps a second at most.
    private static CompletableFuture<Run> endless(Dashboard dashboard) {
        DataSplit digits = Digits.load();
        Model model = Model.of(digits.train().inputShape(), dense(32, RELU), dense(10, SOFTMAX));
        Trainer trainer = Trainer.of(model)
                .loss(Losses.crossEntropy())
                .optimizer(Optimizers.adam(0.001))
                .batchSize(32)
                .epochs(100_000)
                .threads(1)
                .callback(_ -> event -> {
                    if (event instanceof TrainingEvent.StepEnded) LockSupport.parkNanos(10_000_000);
                })
                .callback(dashboard);
        return CompletableFuture.supplyAsync(
                () -> trainer.fit(digits.train(), digits.test()),
                task -> Thread.ofPlatform().daemon().start(task));
    }

    private static long step() {
        String text = browser.text("[data-figure='step'] dd");
        return Long.parseLong(text.split("/", 2)[0].strip().replace(",", ""));
    }

    private static void control(String name) {
        browser.click("[data-control='" + name + "']");
    }

    private static void state(String expected) {
        browser.await(() -> browser.text("#topbar .pill").equals(expected), "state " + expected);
    }

    /// The steps that the table of the losses has, when it has those of the page's newest step.
    private static List<Long> steps() {
        long newest = step();
        return browser.until(
                () -> {
                    List<Long> steps =
                            browser.words(STEPS).stream().map(Long::valueOf).toList();
                    return !steps.isEmpty() && steps.getLast() == newest
                            ? java.util.Optional.of(steps)
                            : java.util.Optional.empty();
                },
                "a table of the losses to step " + newest);
    }

    @Test
    void aTrainingIsWatchedAndSteered() throws Exception {
        Path checkpoints = place.resolve("checkpoints");
        try (Dashboard dashboard = page().name(NAME).checkpoints(checkpoints);
                var client = new Client(dashboard.url())) {
            CompletableFuture<Run> run = endless(dashboard);
            open(dashboard.url(), "overview");
            assertThat(browser.address()).doesNotContain("token");
            assertThat(browser.text("#topbar strong")).isEqualTo(NAME); // text, not an image
            assertThat(browser.title()).startsWith(NAME);
            assertThat(browser.text("#runs .name")).isEqualTo(NAME);

            browser.click(MORE_CHARTS);
            String drawn = browser.word("return document.querySelector('.lines canvas').toDataURL()");
            long before = step();
            browser.await(() -> step() > before + 20, "more steps");
            browser.await(
                    () -> !drawn.equals(browser.word("return document.querySelector('.lines canvas').toDataURL()")),
                    "a curve that grows");
            String updates = browser.text("section[aria-labelledby='ratio-title']");
            browser.await(
                    () -> !browser.text("section[aria-labelledby='ratio-title']")
                            .equals(updates),
                    "curves of updates that grow");

            control("pause");
            state("paused");
            long at = step();
            Browser.pause(1_000);
            assertThat(step()).isEqualTo(at);
            assertThat(client.object("/api/runs/live")).containsEntry("step", (double) at);
            control("step");
            browser.await(() -> step() == at + 1, "one step");
            Browser.pause(300);
            assertThat(step()).isEqualTo(at + 1);

            control("rate");
            browser.one("#rate"); // its text is selected
            browser.keys("0.0005", Keys.ENTER);
            browser.await(() -> browser.all("dialog").isEmpty(), "no dialog");
            control("step");
            browser.await(() -> client.object("/api/runs/live").get("rate").equals(0.0005), "another rate");
            browser.click(MORE_FIGURES);
            browser.await(() -> browser.text(".more-figures").contains("5.00e−4"), "the rate on the page");
            control("save");
            browser.await(() -> browser.text("#banner").startsWith("Saved"), "words about the checkpoint");
            browser.await(
                    () -> Files.isDirectory(checkpoints)
                            && names(checkpoints).stream().anyMatch(each -> each.startsWith("step-")),
                    "a checkpoint");

            browser.click("section[aria-labelledby='metric-loss-title'] button[aria-label^='Table']");
            List<Long> steps = steps();
            browser.reload(); // all points come again
            drawn("overview");
            assertThat(steps())
                    .isEqualTo(steps)
                    .startsWith(1L)
                    .doesNotHaveDuplicates()
                    .isSorted();

            control("pause"); // resumes
            state("training");
            browser.await(() -> step() > at + 20, "more steps");
            control("stop");
            browser.press("dialog", "Stop");
            assertThat(run.get(20, TimeUnit.SECONDS).stopReason()).contains("stopped on the page");
            state("finished");
            assertThat(browser.text("#topbar strong")).isEqualTo(NAME);
            browser.requireQuiet(dashboard.port());
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> String.valueOf(each.getFileName())).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aLostConnectionIsMendedWithoutDoublets() throws Exception {
        try (Dashboard dashboard = page();
                var client = new Client(dashboard.url())) {
            relay.leadTo(dashboard.port());
            CompletableFuture<Run> run = endless(dashboard);
            open(URI.create(dashboard.url().toString().replace("127.0.0.1", "localhost")), "overview");
            browser.click("section[aria-labelledby='metric-loss-title'] button[aria-label^='Table']");
            long first = step();
            browser.await(() -> step() > first + 20, "more steps");

            relay.cut();
            browser.await(() -> browser.text("#banner").contains("onnect"), "a banner");
            Browser.pause(300);
            long before = step();
            Browser.pause(700);
            assertThat(step()).as("what it knew stays").isEqualTo(before);

            relay.mend();
            browser.await(() -> browser.all("#banner").isEmpty(), "no banner");
            browser.await(() -> step() > before + 50, "more steps");
            control("pause");
            state("paused");
            List<Long> steps = steps();
            assertThat(steps).startsWith(1L).doesNotHaveDuplicates().isSorted();
            Map<?, ?> series = (Map<?, ?>)
                    client.object("/api/runs/live/series?points=2000").get("series");
            List<?> expected = (List<?>) ((Map<?, ?>) series.get("train.loss")).get("step");
            assertThat(steps)
                    .isEqualTo(expected.stream()
                            .map(each -> Math.round((double) each))
                            .toList());
            client.post("/api/runs/live/control", Map.of("action", "stop"), 200);
            run.get(20, TimeUnit.SECONDS);
        }
    }

    // -----------------------------------------------------------------------------------------------------
    // a model

    private static String answer() {
        return browser.text(".answer").split("\\s+", 2)[0];
    }

    @Test
    void digitsAreDrawnWithTheMouseAndByKeyboard() throws Exception {
        open(finished.url(), "try");
        WebElement pad = browser.one(".pad-canvas");
        for (int digit : new int[] {3, 7}) {
            for (double[] stroke : Strokes.of(digit)) browser.draw(pad, inTheMiddle(stroke));
            browser.await(() -> answer().equals(String.valueOf(digit)), "the answer " + digit);
            browser.press(".pad-canvas + .field + .field", "Clear");
            browser.await(() -> answer().equals("–"), "no answer");
        }
        browser.js("document.querySelector('.pad-canvas').focus()");
        browser.keys(Keys.ARROW_UP, 9);
        browser.shift(Keys.ARROW_DOWN, 18);
        browser.await(() -> answer().equals("1"), "the answer 1");
        browser.keys("c");
        browser.await(() -> answer().equals("–"), "no answer");
        browser.keys(Keys.ARROW_LEFT, 5); // at the bottom; a four: down, right, and a longer stroke down
        browser.keys(Keys.ARROW_UP, 18);
        browser.shift(Keys.ARROW_DOWN, 9);
        browser.shift(Keys.ARROW_RIGHT, 10);
        browser.keys(Keys.ARROW_UP, 9);
        browser.shift(Keys.ARROW_DOWN, 19);
        browser.await(() -> answer().equals("4"), "the answer 4");
        browser.requireQuiet(finished.port());
    }

    private static double[] inTheMiddle(double[] stroke) {
        double[] points = stroke.clone();
        for (int i = 0; i < points.length; i += 2) {
            points[i] = 0.3 + 0.4 * points[i];
            points[i + 1] = 0.15 + 0.7 * points[i + 1];
        }
        return points;
    }

    @Test
    void aCellOfTheConfusionMatrixShowsItsImages() throws Exception {
        open(finished.url(), "errors");
        WebElement cell = browser.until(
                () -> browser.all(".matrix td[data-truth]:not(.right)").stream()
                        .filter(each -> each.getText().matches("\\d+"))
                        .max(java.util.Comparator.comparingInt(each -> Integer.parseInt(each.getText()))),
                "a cell with errors");
        int count = Integer.parseInt(cell.getText());
        String truth = cell.getAttribute("data-truth");
        String predicted = cell.getAttribute("data-predicted");
        cell.click();
        browser.await(
                () -> browser.text("#examples-title").equals("True " + truth + ", predicted " + predicted),
                "the title of the cell");
        browser.await(() -> browser.all(".reel .example").size() == count, count + " examples");
        List<String> hearings =
                browser.words("return [...document.querySelectorAll('.reel .example canvas')].map((each) =>"
                        + " each.getAttribute('aria-label'))");
        assertThat(hearings)
                .hasSize(count)
                .allMatch(each -> each.contains("true " + truth + ", predicted " + predicted));
        List<String> blank = browser.words("""
            return [...document.querySelectorAll('.reel .example canvas')].map((each) =>
              new Set(each.getContext('2d').getImageData(0, 0, each.width, each.height).data).size < 5)
            """);
        assertThat(blank).hasSize(count).containsOnly("false");
        browser.requireQuiet(finished.port());
    }

    // -----------------------------------------------------------------------------------------------------
    // runs

    private static void openRun(String id, String tab) {
        browser.open(finished.url() + "&tab=" + tab + "&run=" + id);
        drawn(tab);
        browser.await(() -> browser.text("#topbar strong").equals(id), "the run " + id);
    }

    private static List<String> texts(String css) {
        return browser.words("return [...document.querySelectorAll(\"" + css
                + "\")].filter((each) => each.checkVisibility()).map((each) => each.textContent)");
    }

    @Test
    void theTestScoreIsWhatOneSeesFirst() throws Exception {
        openRun("digits-adam", "overview");
        assertThat(browser.text(".tile:first-child dt")).isEqualTo("Test accuracy");
        String share = browser.text(".tile.score .value");
        assertThat(share).matches("\\d\\d\\.\\d\\d %");
        assertThat(browser.all(".more-figures")).isEmpty();
        assertThat(browser.words("""
            return [...document.querySelectorAll('.run')].map((each) => each.querySelector('.name').textContent + ' ' + each.querySelector('.score').textContent)
            """))
                .anyMatch(each -> each.matches("digits-adam test accuracy \\d\\d\\.\\d\\h%"))
                .contains("houses no score –"); // never a loss of the training
        tab("compare");
        browser.press("section[aria-labelledby='runs-table-title'] th", "Test accuracy");
        browser.await(
                () -> browser.all("th[aria-sort] button[data-sort='test:acc']").size() == 1, "sorted by the score");
        List<String> rising = texts("section[aria-labelledby='runs-table-title'] tbody td:nth-child(3)");
        assertThat(rising)
                .hasSize(4)
                .isSortedAccordingTo(java.util.Comparator.comparingDouble(
                        each -> Double.parseDouble(each.replaceAll("[^0-9.]", ""))));
        browser.requireQuiet(finished.port());
    }

    @Test
    void runsOfOneDataSetAreComparedWithAndWithoutValidation() throws Exception {
        openRun("digits-adam", "compare");
        browser.await(
                () -> texts("section[aria-labelledby='overlay-title'] .legend button")
                                .size()
                        == 4,
                "four curves");
        List<String> names = texts("section[aria-labelledby='overlay-title'] .legend button");
        assertThat(names)
                .anyMatch(each -> each.startsWith("digits-adam, validation"))
                .anyMatch(each -> each.startsWith("digits-sgd, test"))
                .noneMatch(each -> each.contains("mnist") || each.contains("houses"));
        browser.press(".choice[aria-label='Curves']", "Both");
        browser.await(
                () -> texts("section[aria-labelledby='overlay-title'] .legend button")
                                .size()
                        == 8,
                "eight curves");
        assertThat(browser.address()).contains("curves=all");
        browser.requireQuiet(finished.port());
    }

    @Test
    void tagsAndNotesAreWrittenFoundAndTakenAway() throws Exception {
        openRun("digits-rmsprop", "overview");
        browser.click("#new-tag");
        browser.keys(NAME.substring(0, 20), Keys.ENTER);
        browser.await(() -> texts(".tags .tag span").equals(List.of(NAME.substring(0, 20))), "a tag as text");
        browser.keys("second", Keys.ENTER);
        browser.await(() -> texts(".tags .tag span").size() == 2, "two tags");
        browser.click("[data-note]");
        browser.keys("Converges slowly");
        browser.press(".note-form", "Save note");
        browser.await(() -> browser.text(".about-run .note").equals("Converges slowly"), "the note");
        browser.reload();
        drawn("overview");
        assertThat(texts(".tags .tag span")).containsExactly(NAME.substring(0, 20), "second");
        for (String words : List.of("second", "slowly rmsprop")) {
            browser.js("document.querySelector('#runs input[type=search]').value = ''");
            browser.click("#runs input[type=search]");
            browser.keys(words);
            browser.await(() -> texts("#runs .run .name").equals(List.of("digits-rmsprop")), "one run of " + words);
            assertThat(texts("#runs .run .tag")).containsExactly(NAME.substring(0, 20), "second");
        }
        assertThat(browser.barriers()).isEmpty();
        browser.click(".tags .tag:first-child button");
        browser.await(() -> texts(".tags .tag span").equals(List.of("second")), "one tag");
        browser.click(".tags .tag button");
        browser.await(() -> texts(".tags .tag span").isEmpty(), "no tag");
        browser.requireQuiet(finished.port());
    }

    @Test
    void tagsAreKeptWhileTheTrainingGoesOn() throws Exception {
        Path run = Files.createDirectories(place.resolve("tagged").resolve("now"));
        try (Dashboard dashboard = page().runs(place.resolve("tagged")).run(run, "test");
                var client = new Client(dashboard.url())) {
            CompletableFuture<Run> training = endless(dashboard);
            browser.open(dashboard.url() + "&tab=overview");
            browser.click("#new-tag");
            browser.keys("live", Keys.ENTER);
            browser.await(() -> texts(".tags .tag span").equals(List.of("live")), "a tag");
            double step = (double) client.object("/api/runs/live").get("step");
            browser.await(() -> (double) client.object("/api/runs/live").get("step") > step, "more steps");
            assertThat(client.object("/api/runs/now")).containsEntry("tags", List.of("live"));
            assertThat(run.resolve("tags.json")).content().contains("\"tags\":[\"live\"]");
            client.post("/api/runs/live/control", Map.of("action", "stop"), 200);
            training.get(20, TimeUnit.SECONDS);
        }
    }

    private static List<String> chartTitles() {
        return texts(".cards > .figure h3");
    }

    @Test
    void chartsArePinnedAndOrderedByHand() throws Exception {
        openRun("digits-adam", "overview");
        assertThat(chartTitles()).containsExactly("Loss", "Accuracy");
        browser.click("section[aria-labelledby='metric-acc-title'] .menu button");
        browser.press("section[aria-labelledby='metric-acc-title'] .menu", "Move before");
        browser.await(() -> chartTitles().equals(List.of("Accuracy", "Loss")), "another order");
        browser.click(MORE_CHARTS);
        browser.click("section[aria-labelledby='lr-title'] .menu button");
        browser.press("section[aria-labelledby='lr-title'] .menu", "Pin to the top");
        browser.await(
                () -> texts(".cards:not(details .cards) > .figure h3").contains("Learning rate"), "a pinned chart");
        browser.reload();
        drawn("overview");
        assertThat(chartTitles()).containsExactly("Accuracy", "Loss", "Learning rate");
        browser.press(".view > .toolbar", "Usual order");
        browser.await(() -> chartTitles().equals(List.of("Loss", "Accuracy")), "the usual order");
        browser.requireQuiet(finished.port());
    }

    @Test
    void onAPhoneNothingIsCutOrCovered() throws Exception {
        browser.window(390, 844, 2, true);
        open(finished.url(), "overview");
        for (String tab : TABS) {
            tab(tab);
            assertThat(browser.words("""
                return [...document.querySelectorAll('.tab')].filter((each) => {
                  const box = each.getBoundingClientRect();
                  return box.left < 0 || box.right > document.documentElement.clientWidth || each.scrollWidth > each.clientWidth;
                }).map((each) => each.textContent)
                """)).as("tabs that are cut at " + tab).isEmpty();
            assertThat(browser.words("""
                return [...document.querySelectorAll('.figure > header')].filter((each) => each.checkVisibility()).flatMap((head) => {
                  const title = head.querySelector('h2, h3').getBoundingClientRect();
                  return [...head.querySelectorAll('button')].filter((each) => each.checkVisibility()).filter((each) => {
                    const box = each.getBoundingClientRect();
                    return box.left < title.right - 1 && box.right > title.left + 1 && box.top < title.bottom - 1 && box.bottom > title.top + 1;
                  }).map((each) => `${head.textContent}: ${each.textContent}`);
                })
                """)).as("titles under buttons at " + tab).isEmpty();
        }
        browser.requireQuiet(finished.port());
    }

    // -----------------------------------------------------------------------------------------------------
    // everybody

    @Test
    void everyControlIsReachedByKeyboard() throws Exception {
        open(finished.url(), "overview");
        for (String tab : TABS) {
            tab(tab);
            assertThat(unreached())
                    .as("controls of %s that no key reaches", tab)
                    .isEmpty();
        }
        browser.js("document.getElementById('tab-log').focus()");
        for (int i = TABS.size() - 2; i >= 0; i--) { // arrows show the other tabs
            browser.keys(Keys.ARROW_LEFT);
            browser.one("#tab-" + TABS.get(i) + "[aria-selected='true']");
        }
        browser.js("document.getElementById('to-playground').focus()");
        browser.keys(Keys.ENTER); // the same server has it
        browser.one("button[data-key='unit 1 1']");
        browser.requireQuiet(finished.port());
    }

    /// What can be clicked but was not focused by Tab, or by arrows within a group that is one stop of Tab.
    private static List<String> unreached() {
        browser.js("""
            window.reached = new Set();
            document.addEventListener('focusin', (event) => window.reached.add(event.target));
            document.activeElement?.blur();
            """);
        for (int stops = 0; stops < 300; stops++) {
            browser.keys(Keys.TAB);
            String kind = browser.word("""
                const at = document.activeElement;
                if (!at || at === document.body) return 'one'; // between the last one and the first
                if (window.first === at) return 'end';
                window.first ??= at;
                if (at.closest('[role=grid]')) return `grid ${at.closest('tr').children.length - 1} ${at.closest('tbody').children.length}`;
                if (at.closest('[role=tablist]')) return 'tabs';
                const group = at.closest('ul, svg, [role=group]');
                const more = group ? [...group.querySelectorAll('[tabindex="-1"]')].filter((each) => !window.reached.has(each)).length : 0;
                return more ? `list ${more} ${group.tagName}` : 'one';
                """);
            String[] words = kind.split(" ", -1);
            switch (words[0]) {
                case "end" -> {
                    return left();
                }
                case "grid" -> {
                    int columns = Integer.parseInt(words[1]);
                    for (int row = 0; row < Integer.parseInt(words[2]); row++) {
                        browser.keys(row % 2 == 0 ? Keys.ARROW_RIGHT : Keys.ARROW_LEFT, columns);
                        browser.keys(Keys.ARROW_DOWN);
                    }
                }
                case "list" -> {
                    browser.keys(Keys.ARROW_UP, Integer.parseInt(words[1]));
                    browser.keys(Keys.HOME);
                    browser.keys(
                            words[2].equals("svg") ? Keys.ARROW_DOWN : Keys.ARROW_RIGHT,
                            Integer.parseInt(words[1]) + 1);
                }
                default -> {
                    // one stop; tabs are another test's
                }
            }
        }
        throw new AssertionError("Tab comes to no end");
    }

    private static List<String> left() {
        return browser.words("""
            window.first = undefined;
            return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex], [role=button], [role=gridcell]')]
              .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.getAttribute('role') !== 'tab' &&
                each.id !== 'main' && each.type !== 'file' && !each.matches('h2, h3') && !window.reached.has(each))
              .map((each) => each.outerHTML.slice(0, 160));
            """);
    }

    @Test
    void chartsHaveWordsAndTables() throws Exception {
        open(finished.url(), "overview");
        for (String tab : List.of("overview", "layers", "errors", "compare")) {
            tab(tab);
            browser.js("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
            Browser.pause(1_000); // sentences follow at most once a second
            assertThat(browser.chartsWithoutWords()).as(tab).isEmpty();
            List<String> silent = browser.words("""
                return [...document.querySelectorAll('canvas')].filter((each) => each.checkVisibility() && !each.getAttribute('aria-label') &&
                  !each.closest('[aria-hidden=true], [role=application], [role=img]')).map((each) => each.outerHTML)
                """);
            assertThat(silent).as(tab).isEmpty();
        }
        browser.requireQuiet(finished.port());
    }

    @Test
    void pagesFitDarkModeMagnificationAndPhones() throws Exception {
        open(finished.url(), "overview");
        for (String tab : TABS) {
            tab(tab);
            String light = browser.word("return getComputedStyle(document.body).backgroundColor");
            browser.colors("dark");
            Browser.pause(150);
            String dark = browser.word("return getComputedStyle(document.body).backgroundColor");
            assertThat(brightness(light)).isGreaterThan(200);
            assertThat(brightness(dark)).isLessThan(60);
            browser.colors("light");
            browser.window(700, 500, 2, false); // a window of 1,400 pixels, magnified twice
            assertFits(tab + " at 200 %");
            browser.window(390, 844, 2, true);
            assertFits(tab + " on a phone");
            browser.window(1400, 1000, 1, false);
        }
        browser.requireQuiet(finished.port());
    }

    private static double brightness(String color) {
        return Arrays.stream(color.replaceAll("[^0-9,]", "").split(",", -1))
                .mapToInt(Integer::parseInt)
                .limit(3)
                .average()
                .orElseThrow();
    }

    private static void assertFits(String what) {
        Browser.pause(150);
        List<String> wide = browser.words("""
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [`${document.documentElement.scrollWidth} of ${width}`, ...[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > width + 1)
              .slice(0, 8).map((each) => each.outerHTML.slice(0, 120))];
            """);
        assertThat(wide).as("what makes %s scroll sideways", what).isEmpty();
    }

    @Test
    void nothingBarsPeopleFromThePages() throws Exception {
        Map<String, List<String>> found = new LinkedHashMap<>();
        open(finished.url(), "overview");
        for (String tab : TABS) {
            tab(tab);
            browser.js("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
            for (String scheme : List.of("light", "dark")) {
                browser.colors(scheme);
                Browser.pause(150);
                List<String> barriers =
                        scheme.equals("light") ? browser.barriers() : browser.barriers("color-contrast");
                if (!barriers.isEmpty()) found.put(tab + ", " + scheme, barriers);
            }
            browser.colors("light");
        }
        assertThat(found).isEmpty();
        browser.requireQuiet(finished.port());
    }

    // -----------------------------------------------------------------------------------------------------
    // the playground

    private static void play(String experiment) {
        browser.open(playground.url() + experiment);
        browser.one("button[data-key='unit 1 1']");
        Browser.pause(300);
    }

    private static long playedSteps() {
        return Long.parseLong(browser.text("#counters > div:nth-child(2) dd").replace(",", ""));
    }

    @Test
    void aNetworkIsTrainedAndExplainedOnThePlayground() throws Exception {
        play("&data=circles&layers=4,2&seed=3");
        assertThat(browser.address()).doesNotContain("token");
        browser.press("#transport", "+1 Example");
        browser.press("#transport", "+1 Batch");
        browser.await(() -> playedSteps() == 2, "two steps");
        browser.press("#transport", "Play");
        browser.await(() -> playedSteps() > 600, "600 steps");
        browser.press("#transport", "Pause");
        browser.await(
                () -> {
                    long before = playedSteps(); // the server hears of it later, and shows a last step
                    Browser.pause(400);
                    return playedSteps() == before;
                },
                "a pause");
        browser.click("button[data-key='unit 1 1']");
        browser.await(() -> browser.all("#formulas math").size() > 5, "formulas");
        assertThat(browser.text("#formulas")).contains("Forward").contains("δ");
        browser.click("#formulas button[aria-label*='lose'], #formulas .close");
        browser.await(() -> browser.all("#formulas").isEmpty(), "no formulas");
        assertThat(unreached()).isEmpty();
        browser.press("#data", "Identity mapping");
        browser.await(() -> browser.all("#formulas math").size() > 5, "formulas of the identity mapping");
        browser.requireQuiet(playground.port());
    }

    @Test
    void thePlaygroundBarsNobodyAndFits() throws Exception {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (String experiment : List.of("&data=spirals&layers=6,4", "&data=identity")) {
            play(experiment);
            browser.click("button[data-key='unit 1 1']");
            browser.await(() -> browser.all("#formulas math").size() > 5, "formulas");
            for (String scheme : List.of("light", "dark")) {
                browser.colors(scheme);
                Browser.pause(150);
                List<String> barriers =
                        scheme.equals("light") ? browser.barriers() : browser.barriers("color-contrast");
                if (!barriers.isEmpty()) found.put(experiment + ", " + scheme, barriers);
            }
            browser.colors("light");
            browser.window(700, 500, 2, false);
            assertFits("the playground at 200 %");
            browser.window(390, 844, 2, true);
            assertFits("the playground on a phone");
            browser.window(1400, 1000, 1, false);
        }
        assertThat(found).isEmpty();
        browser.requireQuiet(playground.port());
    }

    // -----------------------------------------------------------------------------------------------------
    // pictures for the documentation: see CONTRIBUTING.md

    @Test
    @EnabledIfSystemProperty(
            named = "screenshots",
            matches = ".+",
            disabledReason = "pictures are taken with -Dscreenshots=docs/images")
    void pictures() throws Exception {
        Path folder = Files.createDirectories(Path.of("..").resolve(System.getProperty("screenshots")));
        open(finished.url(), "overview");
        take(folder, "overview", 1400, 1000);
        tab("layers");
        browser.click(".node:nth-of-type(3)");
        Browser.pause(1_200);
        take(folder, "layers", 1400, 1100);
        tab("errors");
        Browser.pause(800);
        take(folder, "errors", 1400, 1300);
        tab("try");
        WebElement pad = browser.one(".pad-canvas");
        for (double[] stroke : Strokes.of(3)) browser.draw(pad, inTheMiddle(stroke));
        browser.await(() -> answer().equals("3"), "the answer 3");
        Browser.pause(500);
        take(folder, "try-it", 1400, 860);
        tab("log");
        take(folder, "log", 1400, 860);
        browser.open(
                finished.url() + "&tab=compare&runs=digits-adam,digits-adam-wide,digits-rmsprop,digits-sgd&x=epoch");
        drawn("compare");
        Browser.pause(1_200);
        take(folder, "compare", 1400, 1300);
        browser.window(1400, 620, 1, false);
        Browser.pause(500);
        browser.js("document.querySelector('[aria-labelledby=parallel-title]').scrollIntoView(); scrollBy(0, -60)");
        take(folder, "search", 1400, 620);
        browser.colors("dark");
        open(finished.url(), "overview");
        Browser.pause(800);
        take(folder, "overview-dark", 1400, 1000);
        browser.colors("light");
        browser.window(390, 844, 2, true);
        Browser.pause(800);
        take(folder, "phone", 390, 844);
        browser.window(1400, 1000, 1, false);
        play(
                "&data=spirals&noise=5&layers=6,4&activation=tanh&optimizer=adam&rate=0.01&features=x1,x2,sin(x1),sin(x2)&seed=2");
        browser.press("#transport", "Play");
        browser.await(() -> playedSteps() > 3_000, "3,000 steps");
        browser.press("#transport", "Pause");
        Browser.pause(500);
        take(folder, "playground", 1400, 820);
        browser.click("button[data-key='unit 3 1']");
        browser.await(() -> browser.all("#formulas math").size() > 5, "formulas");
        Browser.pause(500);
        browser.js("document.querySelector('#formulas').scrollIntoView(); window.scrollBy(0, -20)");
        take(folder, "formulas", 1400, 1000);
    }

    private static void take(Path folder, String name, int width, int height) throws IOException {
        browser.js("document.activeElement.blur()");
        if (width > 400) browser.window(width, height, 1, false);
        Browser.pause(400);
        byte[] picture = Palette.png(browser.picture(width, height));
        assertThat(picture.length).as("bytes of %s", name).isBetween(5_000, 150_000);
        Files.write(folder.resolve(name + ".png"), picture);
    }
}
