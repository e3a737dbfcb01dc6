package dev.neurite.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The jar that a container gets: it has all that it needs, and ends by SIGTERM.
class FruitServiceIT {
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    @Test
    @Timeout(90)
    void theJarStartsAnswersAndEnds() throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("service.jar"),
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--neurite.models.fruit.warm-up=10ms")
                .redirectErrorStream(true);
        command.environment().put("JDK_JAVA_OPTIONS", "--add-modules jdk.incubator.vector -XX:TieredStopAtLevel=1");
        Process service = command.start();
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + port(service.inputReader()) + "/fruit"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"weight\": 150, \"diameter\": 7.1, \"color\": \"green\"}"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).contains("\"label\":\"apple\"");
            service.destroy(); // SIGTERM
            assertThat(service.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            service.destroyForcibly();
        }
    }

    private static String port(BufferedReader output) throws Exception {
        StringBuilder all = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) return port.group(1);
            all.append(line).append('\n');
        }
        throw new AssertionError("The service has not started:\n" + all);
    }
}
