package dev.neurite.dashboard;

import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.gru;
import static dev.neurite.layer.Layers.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.check.PermutationImportance;
import dev.neurite.data.Dataset;
import dev.neurite.data.Sequences;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.MetricsLog;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportTest {
    private static final String HOSTILE = "<script>alert(1)</script>\"'&\u0000\u202e";

    @TempDir
    private Path temp;

    /// The page as XML; the HTML is written so that it is also that.
    private static Document parse(String html) {
        try {
            assertThat(html).startsWith("<!DOCTYPE html>\n");
            var factory = DocumentBuilderFactory.newInstance();
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(html.substring("<!DOCTYPE html>".length()))));
        } catch (Exception e) {
            throw new AssertionError("not well-formed", e);
        }
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static List<String> texts(Document page, String name) {
        return elements(page, name).stream().map(Element::getTextContent).toList();
    }

    private static Dataset pictures(List<String> names) {
        float[][] rows = new float[12][16];
        int[] labels = new int[12];
        for (int i = 0; i < rows.length; i++) {
            rows[i][i % 4] = 1;
            labels[i] = i % names.size();
        }
        return Dataset.of(Tensor.of(rows).reshape(Shape.of(12, 1, 4, 4)), labels, names);
    }

    private static Model small(int classes) {
        return Model.of(image(1, 4, 4), flatten(), dense(classes, SOFTMAX)).initialize(1);
    }

    private Report whole(List<String> names) {
        Dataset data = pictures(names);
        Path metrics = temp.resolve("metrics.jsonl");
        Model trained = Trainer.of(small(names.size()))
                .batchSize(4)
                .epochs(3)
                .threads(1)
                .callback(new MetricsLog(metrics, warning -> assertThat(warning).isEmpty()))
                .fit(data, data)
                .model();
        SequencedMap<String, String> figures = new LinkedHashMap<>();
        figures.put("test accuracy", "0.9");
        return Report.of("Training on " + names.getFirst())
                .figures(figures)
                .warnings(List.of("mind the " + names.getFirst()))
                .curves(metrics)
                .model(new ModelFile(trained, Map.of()), "test", data, Losses.crossEntropy())
                .configuration(Map.of("optimizer", Map.of("name", "adam")))
                .environment(Map.of("java", "25", "data_sha256", Map.of("test", "abc")))
                .command("neurite train " + names.getFirst());
    }

    @Test
    void adviceAndImportance() throws IOException {
        Report whole = whole(List.of("cat", "dog"));
        Files.writeString(
                temp.resolve("advice.json"),
                "[{\"verdict\":\"warning\",\"topic\":\"Dead units\",\"text\":\"3 of 4 units.\",\"layer\":\"dense1\","
                        + "\"command\":\"neurite train x --activation leaky-relu\"}]");
        var columns = List.of(
                new PermutationImportance.OfColumn("a <b>", 0.5, 0.1, 0.4, 0.6),
                new PermutationImportance.OfColumn("c", -0.01, 0.1, -0.1, 0.1));
        Document page = parse(whole.importance(new PermutationImportance("loss", 0.25, 10, columns))
                .html());
        assertThat(texts(page, "li"))
                .anyMatch(each -> each.matches("Dead units \\(dense1\\):\\s+3 of 4 units\\..*\\s*"
                        + "neurite train x --activation leaky-relu\\s*"));
        assertThat(texts(page, "h2")).contains("Importance of columns");
        assertThat(texts(page, "th")).contains("a <b>", "c");
        assertThat(elements(page, "span").stream()
                        .filter(each -> each.getAttribute("class").equals("bar"))
                        .map(each -> each.getAttribute("style")))
                .containsExactly("width:100.0%", "width:0.0%");
    }

    @Test
    void aReportHasAllParts() {
        Document page = parse(whole(List.of("cat", "dog", "owl")).html());
        assertThat(texts(page, "h1")).containsExactly("Training on cat");
        assertThat(texts(page, "h2"))
                .containsExactly(
                        "Warnings and health",
                        "Training",
                        "Errors",
                        "Worst examples",
                        "Network",
                        "Configuration",
                        "Environment and data",
                        "Reproduce");
        assertThat(texts(page, "summary"))
                .containsSubsequence(
                        "More curves",
                        "The values of each epoch as a table",
                        "The confusion matrix as a table",
                        "Precision, recall and F1 of each class",
                        "ROC, precision and recall",
                        "Calibration of the probabilities")
                .anyMatch(each -> each.strip().equals("Configuration"));
        assertThat(texts(page, "th")).contains("optimizer.name", "data_sha256.test", "precision", "flatten1", "dense1");
        assertThat(texts(page, "code")).containsExactly("neurite train cat");
        assertThat(texts(page, "dd")).containsExactly("0.9");
        assertThat(texts(page, "li")).anyMatch(each -> each.matches("Warning:\\s+mind the cat"));
        // Loss, accuracy, learning rate, matrix, ROC, precision-recall, calibration.
        assertThat(elements(page, "svg")).hasSize(7);
        assertThat(elements(page, "figcaption"))
                .hasSize(7 + elements(page, "img").size())
                .noneMatch(each -> each.getTextContent().isBlank());
    }

    /// 12 rows of two to four numbers below a bound.
    private static int[][] steps(int bound) {
        return IntStream.range(0, 12)
                .mapToObj(row -> IntStream.range(row, row + 2 + row % 3)
                        .map(step -> step % bound)
                        .toArray())
                .toArray(int[][]::new);
    }

    private static Sequences sentences() {
        return Sequences.ofTokens(steps(5));
    }

    private static Document report(Model model, Dataset data) {
        var file = new ModelFile(model.initialize(1), Map.of());
        return parse(Report.of("Texts")
                .model(file, "test", data, Losses.crossEntropy())
                .html());
    }

    @Test
    void rowsMayBeSequences() {
        int[] labels = IntStream.range(0, 12).map(row -> row % 2).toArray();
        Dataset data = Dataset.of(sentences(), labels, List.of("good", "bad"));
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(5, 4), gru(3), dense(2, SOFTMAX));
        Document page = report(model, data);
        assertSections(page);
        assertThat(texts(page, "summary"))
                .contains(
                        "The confusion matrix as a table",
                        "Precision, recall and F1 of each class",
                        "ROC, precision and recall",
                        "Calibration of the probabilities");
        assertThat(texts(page, "p")).anyMatch(each -> each.startsWith("On 12 rows of the data 'test': loss "));
    }

    @Test
    void rowsMayHaveALabelForEachPosition() {
        Dataset data = Dataset.of(sentences(), steps(2), List.of("noun", "verb"));
        Model model = Model.of(Shape.of(Shape.OPEN), embedding(5, 4), gru(3).withSequences(), dense(2));
        Document page = report(model, data);
        assertSections(page);
        assertThat(texts(page, "summary"))
                .contains(
                        "The confusion matrix as a table",
                        "Precision, recall and F1 of each class",
                        "ROC, precision and recall",
                        "Calibration of the probabilities");
        assertThat(texts(page, "caption")).contains("Each class against the others");
        assertThat(texts(page, "p")).anyMatch(each -> each.contains("accuracy 0."));
        List<String> many = IntStream.range(0, 201).mapToObj(i -> "t" + i).toList(); // as of a model of language
        Document tokens = report(
                Model.of(Shape.of(Shape.OPEN), embedding(5, 4), gru(3).withSequences(), dense(201)),
                Dataset.of(sentences(), steps(2), many));
        assertSections(tokens);
        assertThat(texts(tokens, "summary")).noneMatch(each -> each.contains("class") || each.contains("ROC"));
    }

    @Test
    void rowsMayHaveSeveralInputs() {
        float[][] numbers = new float[12][2];
        int[] labels = IntStream.range(0, 12).map(row -> row % 2).toArray();
        Dataset table = Dataset.of(numbers, labels, List.of("good", "bad"));
        Dataset data = Dataset.of(RowSource.joint(sentences(), table), table);
        Graph graph = Graph.of(
                2,
                in -> List.of(in.get(0)
                        .then(embedding(5, 4))
                        .then(gru(3))
                        .join(concat(), in.get(1))
                        .then(dense(2, SOFTMAX))));
        Document page = report(Model.of(List.of(Shape.of(Shape.OPEN), Shape.of(2)), graph), data);
        assertSections(page);
        assertThat(texts(page, "summary"))
                .contains(
                        "The confusion matrix as a table",
                        "Precision, recall and F1 of each class",
                        "ROC, precision and recall",
                        "Calibration of the probabilities");
    }

    private static void assertSections(Document page) {
        List<String> titles = texts(page, "h2").stream().map(String::strip).toList();
        assertThat(titles).hasSize(3).startsWith("Errors").endsWith("Network");
        assertThat(titles.get(1)).isIn("Worst examples", "Least sure examples");
    }

    @Test
    void everyKindOfModelHasAReportWithExamples() throws IOException {
        Kinds kinds = Kinds.write(temp.resolve("runs"));
        for (String run : kinds.names()) {
            RunSource.Content content = kinds.content(run);
            Document page = parse(Report.of(run)
                    .model(
                            content.model(),
                            "test",
                            content.data().orElseThrow(),
                            content.loss().orElseThrow())
                    .html());
            List<String> titles = texts(page, "h2");
            if (run.equals("outputs")) {
                assertThat(titles).contains("Errors: class", "Errors: weight", "Worst examples: weight");
            } else {
                assertSections(page);
            }
            switch (run) {
                case "text" -> assertThat(texts(page, "mark")).as(run).isNotEmpty();
                case "language" -> assertThat(texts(page, "p")).anyMatch(each -> each.contains(", perplexity "));
                case "threshold" ->
                    assertThat(texts(page, "p"))
                            .anyMatch(each -> each.contains("A row is high from a probability of 0.001"));
                case "series" -> assertThat(texts(page, "caption")).contains("Forecasts beside what came");
                case "steps", "tagger" ->
                    assertThat(texts(page, "p"))
                            .as(run)
                            .anyMatch(each -> each.matches("\\d of \\d+ steps are wrong.*"));
                case "picture-and-table" -> {
                    assertThat(elements(page, "img")).isNotEmpty();
                    assertThat(texts(page, "dt")).contains("weight", "color");
                }
                default -> assertThat(page.getDocumentElement()).isNotNull();
            }
        }
    }

    @Test
    void eachSectionIsLinkedAndNamedByItsHeading() {
        Document page = parse(whole(List.of("cat", "dog")).html());
        List<String> links = elements(page, "a").stream()
                .map(each -> each.getAttribute("href"))
                .toList();
        List<String> sections = elements(page, "section").stream()
                .map(each -> "#" + each.getAttribute("aria-labelledby"))
                .toList();
        assertThat(links).isEqualTo(sections).hasSize(7);
        List<String> ids = elements(page, "h2").stream()
                .map(each -> "#" + each.getAttribute("id"))
                .toList();
        assertThat(ids).containsAll(links).doesNotHaveDuplicates();
    }

    @Test
    void examplesAreImagesInThePage() throws IOException {
        Document page = parse(whole(List.of("cat", "dog")).html());
        List<Element> images = elements(page, "img");
        assertThat(images).hasSizeBetween(1, 12);
        for (Element each : images) {
            String source = each.getAttribute("src");
            assertThat(source).startsWith("data:image/png;base64,");
            byte[] png = Base64.getDecoder().decode(source.substring(source.indexOf(',') + 1));
            assertThat(ImageIO.read(new java.io.ByteArrayInputStream(png)).getWidth())
                    .isEqualTo(4);
            assertThat(each.getAttribute("alt")).matches("row \\d+: (cat, predicted dog|dog, predicted cat)");
        }
    }

    @Test
    void namesAreOnlyText() {
        String html = whole(List.of(HOSTILE, "b")).html();
        Document page = parse(html);
        assertThat(elements(page, "script")).isEmpty();
        assertThat(html).doesNotContain("<script", "\u0000", "\u202e");
        assertThat(texts(page, "h1")).first().asString().contains("<script>alert(1)</script>\"'&\\u0000\\u202e");
        for (String handler : List.of("onload", "onerror", "onclick"))
            assertThat(html).doesNotContain(handler);
        assertThat(html).contains("default-src &#39;none&#39;");
        for (String name : List.of("src", "href")) {
            NodeList all = page.getElementsByTagName("*");
            for (int i = 0; i < all.getLength(); i++) {
                String address = ((Element) all.item(i)).getAttribute(name);
                assertThat(address.isEmpty() || address.startsWith("#") || address.startsWith("data:image/png;base64,"))
                        .as(address)
                        .isTrue();
            }
        }
    }

    @Test
    void theSameContentGivesTheSamePage() {
        Report report = whole(List.of("cat", "dog"));
        assertThat(report.html()).isEqualTo(report.html());
    }

    @Test
    void theLogIsOnlyRead() throws IOException {
        Report report = whole(List.of("cat", "dog"));
        byte[] before = Files.readAllBytes(temp.resolve("metrics.jsonl"));
        report.html();
        assertThat(Files.readAllBytes(temp.resolve("metrics.jsonl"))).isEqualTo(before);
    }

    @Test
    void aLogThatIsCutOffIsReadAndADamagedOneRefused() throws IOException {
        Path file = temp.resolve("m.jsonl");
        String line =
                "{\"v\":1,\"t\":1764000000.5,\"step\":%d,\"epoch\":1,\"k\":\"train\",\"m\":{\"loss\":%s,\"lr\":0.1}}\n";
        Files.writeString(file, line.formatted(1, "2.5") + line.formatted(2, "\"NaN\"") + "{\"v\":1,\"t\":17");
        String html = Report.of("a").curves(file).html();
        assertThat(html).contains("1 epoch, 2 steps. Began 2025-11-24 16:00 UTC.");
        Files.writeString(file, "no JSON\n" + line.formatted(1, "2.5"));
        assertThatThrownBy(() -> Report.of("a").curves(file).html())
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 1");
        Document none = parse(Report.of("a").curves(temp.resolve("none")).html());
        assertThat(texts(none, "h2")).isEmpty();
    }

    @Test
    void aRegressionShowsItsValuesAndRows() {
        float[][] rows = new float[40][2];
        float[][] targets = new float[40][1];
        for (int i = 0; i < rows.length; i++) {
            rows[i][0] = i;
            targets[i][0] = 3 * i + 1;
        }
        Dataset data = Dataset.of(Tensor.of(rows), Tensor.of(targets));
        Model model = Model.of(features(2), dense(1)).initialize(3);
        String html = Report.of("r")
                .model(new ModelFile(model, Map.of()), "test", data, Losses.meanSquaredError())
                .html();
        Document page = parse(html);
        assertThat(texts(page, "h2")).containsExactly("Errors", "Worst examples", "Network");
        assertThat(texts(page, "p")).anyMatch(each -> each.startsWith("The 24 rows that are furthest off, of 40"));
        assertThat(texts(page, "summary")).contains("19 more");
        assertThat(elements(page, "svg")).hasSize(2);
        assertThat(texts(page, "caption")).anyMatch(each -> each.startsWith("The rows with the highest loss"));
    }

    @Test
    void aSearchShowsItsTrials() {
        List<Report.Trial> trials = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            SequencedMap<String, String> values = new LinkedHashMap<>();
            values.put("optimizer.rate", "1e-" + i);
            values.put("network.layers", HOSTILE);
            trials.add(new Report.Trial(
                    i,
                    values,
                    i == 3 ? List.of() : List.of(0.8 - 0.1 * i, 1 - 0.1 * i),
                    5,
                    1.5,
                    i == 3 ? "diverged" : ""));
        }
        String html = Report.of("Search").trials("accuracy", true, trials).html();
        Document page = parse(html);
        assertThat(texts(page, "h2")).containsExactly("Trials");
        assertThat(elements(page, "svg")).hasSize(1);
        assertThat(texts(page, "td")).contains("1e-1", "0.8000", "0.1414", "diverged", "n/a");
        assertThat(html).doesNotContain("<script");
        parse(Report.of("Search").trials("accuracy", true, List.of()).html());
        List<Report.TrialLosses> losses = List.of(
                new Report.TrialLosses(2, List.of(1, 2, 5), List.of(0.9, 0.5, 0.1)),
                new Report.TrialLosses(1, List.of(1, 2, 5), List.of(0.8, 0.7, 0.6)));
        Document curves = parse(Report.of("Search")
                .trials("accuracy", true, trials)
                .trialLosses("validation", losses)
                .html());
        assertThat(elements(curves, "svg")).hasSize(2);
        assertThat(texts(curves, "figcaption"))
                .anyMatch(
                        each -> each.startsWith("validation loss over epoch: trial 2, the best from 0.9000 to 0.1000"));
        Document none = parse(Report.of("Search")
                .trials("accuracy", true, trials)
                .trialLosses("", List.of())
                .html());
        assertThat(elements(none, "svg")).hasSize(1);
    }

    @Test
    void thePageIsWrittenWholeOrNotAtAll() throws IOException {
        Path file = temp.resolve("report.html");
        Report.of("a").save(file);
        assertThat(file).hasContent(Report.of("a").html());
        assertThatThrownBy(() -> Report.of("a").save(temp.resolve("none/report.html")))
                .isInstanceOf(ResourceException.class);
        Files.writeString(file, "old");
        Report broken = Report.of("a").curves(Files.writeString(temp.resolve("bad"), "no\nJSON\n"));
        assertThatThrownBy(() -> broken.save(file)).isInstanceOf(DataException.class);
        assertThat(file).hasContent("old");
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(each -> each.getFileName().toString())).noneMatch(each -> each.endsWith(".tmp"));
        }
        assertThat(Optional.of(file)).isPresent();
    }

    @Test
    void textHasContrastInBothSchemes() throws IOException {
        String css;
        try (var in = Report.class.getResourceAsStream("report/report.css")) {
            css = new String(
                    java.util.Objects.requireNonNull(in).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        List<String> schemes =
                Stream.of(css.split(":root \\{")).skip(1).limit(3).toList();
        assertThat(schemes).hasSize(3); // light, dark, print
        for (String scheme : schemes) {
            for (String paper : List.of("paper", "panel")) {
                for (String ink : List.of("text", "soft", "link", "good", "watch", "bad")) {
                    assertThat(contrast(scheme, paper, ink))
                            .as(ink + " on " + paper)
                            .isGreaterThan(4.5);
                }
            }
            for (int i = 0; i < 8; i++)
                assertThat(contrast(scheme, "paper", "s" + i)).as("s" + i).isGreaterThan(3);
            assertThat(contrast(scheme, "paper", "axis")).isGreaterThan(3);
        }
    }

    private static double contrast(String scheme, String first, String second) {
        double a = luminance(scheme, first) + 0.05;
        double b = luminance(scheme, second) + 0.05;
        return Math.max(a, b) / Math.min(a, b);
    }

    private static double luminance(String scheme, String name) {
        var matcher = java.util.regex.Pattern.compile("--" + name + ": #([0-9a-f]{6});")
                .matcher(scheme);
        assertThat(matcher.find()).as(name).isTrue();
        int rgb = Integer.parseInt(matcher.group(1), 16);
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double c = ((rgb >> (16 - 8 * i)) & 0xff) / 255.0;
            sum += weights[i] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}
