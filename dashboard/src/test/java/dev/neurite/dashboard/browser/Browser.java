package dev.neurite.dashboard.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.Needed;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;

/// Chromium without a window, with what tests of the pages ask it. It reaches no network: every host but 127.0.0.1
/// fails to resolve.
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration MOVE = Duration.ofMillis(20); // from one point of a stroke to the next
    private static final String AXE = "axe-core@4.14.1";

    private static final String SHOWN = """
        return [...document.querySelectorAll(arguments[0])].filter((each) =>
          each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && each.getClientRects().length);
        """;

    private final ChromeDriver driver;
    private final String axe;

    /// Starts Chromium.
    /// @param rules where it finds other hosts than Chromium would, in the form of `--host-resolver-rules`
    Browser(String... rules) throws IOException {
        axe = Files.readString(Needed.npm(AXE, "axe.min.js"));
        String debian = "Debian's packages chromium and chromium-driver";
        Path program = Needed.program("chromium", debian);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(
                        Needed.program("chromedriver", debian).toFile()) // else Selenium would download one
                .build();
        var options = new ChromeOptions();
        options.setBinary(program.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox", // root, as in CI, has none
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--window-size=1400,1000",
                "--host-resolver-rules=" + String.join(",", rules) + (rules.length == 0 ? "" : ",")
                        + "MAP * ~NOTFOUND,EXCLUDE 127.0.0.1");
        options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, "ALL"));
        driver = new ChromeDriver(service, options);
        driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        driver.quit();
    }

    // ---------------------------------------------------------------------------------------------- looking

    /// Opens an address in a document of its own, also if only its fragment differs.
    void open(String url) {
        driver.get("about:blank");
        driver.get(url);
    }

    void reload() {
        driver.navigate().refresh();
    }

    String address() {
        return driver.getCurrentUrl();
    }

    String title() {
        return driver.getTitle();
    }

    /// The result of a script.
    @Nullable
    Object js(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /// The text that a script returns.
    String word(String script) {
        return String.valueOf(js(script));
    }

    /// The texts that a script returns.
    List<String> words(String script) {
        List<String> words = new ArrayList<>();
        if (js(script) instanceof List<?> list) list.forEach(each -> words.add(String.valueOf(each)));
        return words;
    }

    /// Elements of a CSS selector that are shown. By a script, as the driver asks for each element by itself.
    List<WebElement> all(String css) {
        List<WebElement> shown = new ArrayList<>();
        if (js(SHOWN, css) instanceof List<?> list) list.forEach(each -> shown.add((WebElement) each));
        return shown;
    }

    /// Waits for an element to be shown.
    WebElement one(String css) {
        return until(() -> all(css).stream().findFirst(), css);
    }

    /// The text of an element, without spaces around it.
    String text(String css) {
        return one(css).getText().strip();
    }

    /// Waits until something is there.
    <T> T until(Supplier<Optional<T>> found, String what) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            try {
                Optional<T> each = found.get();
                if (each.isPresent()) return each.get();
            } catch (StaleElementReferenceException _) {
                // was drawn again meanwhile
            }
            pause(40);
        } while (System.nanoTime() < end);
        throw new AssertionError("did not come: " + what + "; the page shows:\n"
                + js("return (document.querySelector('dialog') ?? document.body).innerText.slice(0, 2000) +"
                        + " ' [at] ' + document.activeElement.outerHTML.slice(0, 300) + ' ' +"
                        + " document.activeElement.value"));
    }

    /// Waits until something is true.
    void await(BooleanSupplier condition, String what) {
        until(() -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty(), what);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // ----------------------------------------------------------------------------------------------- acting

    void click(String css) {
        until(
                () -> {
                    Optional<WebElement> found =
                            all(css).stream().filter(WebElement::isEnabled).findFirst();
                    found.ifPresent(WebElement::click);
                    return found;
                },
                "enabled: " + css);
    }

    /// Clicks a button by its text.
    void press(String within, String words) {
        until(
                () -> {
                    Optional<WebElement> found = all(within + " button").stream()
                            .filter(each -> each.getText().strip().equals(words))
                            .findFirst();
                    found.ifPresent(WebElement::click);
                    return found;
                },
                "button " + words);
    }

    /// Types keys where the focus is.
    void keys(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
    }

    /// Types a key so often.
    void keys(Keys key, int count) {
        var actions = new Actions(driver);
        for (int i = 0; i < count; i++) actions.sendKeys(key);
        actions.perform();
    }

    /// Presses a key so often while Shift is held.
    void shift(Keys key, int count) {
        var actions = new Actions(driver).keyDown(Keys.SHIFT);
        for (int i = 0; i < count; i++) actions.sendKeys(key);
        actions.keyUp(Keys.SHIFT).perform();
    }

    /// Draws a stroke with the mouse.
    /// @param points x, y, x, y, …, from 0 to 1 within the element
    void draw(WebElement on, double... points) {
        double width = on.getSize().width;
        double height = on.getSize().height;
        var actions = new Actions(driver, MOVE);
        for (int i = 0; i < points.length; i += 2) {
            int x = (int) Math.round((points[i] - 0.5) * width);
            int y = (int) Math.round((points[i + 1] - 0.5) * height);
            actions.moveToElement(on, x, y);
            if (i == 0) actions.clickAndHold();
        }
        actions.release().perform();
    }

    // ------------------------------------------------------------------------------------- what it looks like

    /// Shows pages in a window of this width, in CSS pixels. A page that is magnified twice has half as many.
    void window(int width, int height, double pixelRatio, boolean phone) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", pixelRatio, "mobile", phone));
    }

    /// As a system that asks for light or dark pages, without movements.
    void colors(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    /// A picture of the page from where it is scrolled to.
    /// @param height at most so many CSS pixels of it
    byte[] picture(int width, int height) {
        Map<String, Object> answer = driver.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                        "format",
                        "png",
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x",
                                0,
                                "y",
                                Objects.requireNonNull(js("return Math.round(scrollY)")),
                                "width",
                                width,
                                "height",
                                height,
                                "scale",
                                1)));
        return Base64.getDecoder().decode((String) answer.get("data"));
    }

    // ------------------------------------------------------------------------------------------- what is wrong

    /// What axe-core finds wrong with the accessibility of what is shown: a line each.
    /// @param rules the rules that are looked at; none for all
    List<String> barriers(String... rules) {
        if (Boolean.FALSE.equals(js("return 'axe' in window"))) driver.executeScript(axe);
        String script = """
            const [rules, done] = arguments;
            axe.run(document, { resultTypes: ['violations'], ...(rules.length ? { runOnly: rules } : {}) }).then(
              (found) => done(found.violations.map((each) => `${each.id}: ${each.help}: ` +
                each.nodes.slice(0, 4).map((node) => `${node.html.slice(0, 200)} ${node.failureSummary.slice(0, 300)}`).join(' | '))),
              (error) => done([String(error)]));
            """;
        List<String> lines = new ArrayList<>();
        List<?> found = (List<?>) Objects.requireNonNull(driver.executeAsyncScript(script, List.of(rules)));
        for (Object each : found) lines.add(String.valueOf(each));
        return lines;
    }

    /// What the console has said since this was asked last: errors, warnings, violations of the content security
    /// policy.
    List<String> complaints() {
        List<String> lines = new ArrayList<>();
        for (var each : driver.manage().logs().get(LogType.BROWSER)) {
            String line = each.toString(); // getLevel would need the module java.logging
            if (line.contains("[WARNING]") || line.contains("[SEVERE]")) lines.add(line);
        }
        return lines;
    }

    /// The addresses that pages and their workers asked for since this was asked last.
    List<String> requests() throws Json.SyntaxException {
        List<String> urls = new ArrayList<>();
        for (var each : driver.manage().logs().get(LogType.PERFORMANCE)) {
            if (!(Json.read(each.getMessage()) instanceof JsonObject(Map<String, Json> entry))
                    || !(entry.get("message") instanceof JsonObject(Map<String, Json> message))
                    || !(message.get("method") instanceof JsonString(String method))
                    || !method.equals("Network.requestWillBeSent")
                    || !(message.get("params") instanceof JsonObject(Map<String, Json> parameters))
                    || !(parameters.get("request") instanceof JsonObject(Map<String, Json> request))
                    || !(request.get("url") instanceof JsonString(String url))) continue;
            urls.add(url);
        }
        return urls;
    }

    /// Fails if the console complained, or something was asked of another server.
    void requireQuiet(int port) throws Json.SyntaxException {
        assertThat(complaints()).isEmpty();
        assertThat(requests())
                .isNotEmpty()
                .allMatch(url -> url.startsWith("http://127.0.0.1:" + port + "/")
                        || url.startsWith("data:")
                        || url.startsWith("blob:http://127.0.0.1:" + port + "/")
                        || url.equals("about:blank"));
    }

    /// The charts that lack a sentence that says what they show, or a table of their numbers. Opens each table.
    Map<String, String> chartsWithoutWords() {
        Map<String, String> lacking = new LinkedHashMap<>();
        List<?> found = (List<?>) Objects.requireNonNull(js("""
            return [...document.querySelectorAll('section.figure:not([hidden])')].filter((each) => each.querySelector('header > button.quiet'))
              .map((each) => [each.querySelector('h2, h3').textContent, each.querySelector('.summary')?.textContent ?? '',
                each.querySelector('header > button.quiet')?.hidden ?? true, each])
            """));
        for (Object one : found) {
            List<?> each = (List<?>) one;
            String name = (String) each.get(0);
            if (((String) each.get(1)).isBlank()) lacking.put(name, "has no sentence");
            if ((boolean) each.get(2)) continue; // is a table itself
            WebElement figure = (WebElement) each.get(3);
            js("arguments[0].click()", figure.findElement(By.cssSelector("header > button.quiet[aria-pressed]")));
            await(
                    () -> !figure.findElements(By.cssSelector(".sheet tbody tr"))
                            .isEmpty(),
                    "rows of the table of " + name);
            js("arguments[0].click()", figure.findElement(By.cssSelector("header > button.quiet[aria-pressed]")));
        }
        return lacking;
    }
}
