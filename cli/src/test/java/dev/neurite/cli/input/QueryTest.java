package dev.neurite.cli.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.cli.Cli;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.run.RunContents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A query in a `.sql` file on every command, of the database that the environment of the tests names (pom.xml).
final class QueryTest {
    private static final List<String> COLORS = List.of("red", "green", "blue");

    @TempDir
    Path directory;

    private Connection database;
    private String csv;
    private String query;

    @BeforeEach
    void fill() throws SQLException, IOException {
        database = DriverManager.getConnection(
                System.getenv("NEURITE_DB_URL"),
                System.getenv("NEURITE_DB_USER"),
                System.getenv("NEURITE_DB_PASSWORD"));
        List<String> rows = IntStream.range(0, 60)
                .mapToObj(i -> {
                    double weight = i * 37 % 101 / 4.0;
                    return i + "," + weight + "," + COLORS.get(i % 3) + "," + i % 7 + ","
                            + (weight > 12 ? "apple" : "cherry");
                })
                .toList();
        csv = Files.writeString(
                        directory.resolve("fruit.csv"), "id,weight,color,count,kind\n" + String.join("\n", rows))
                .toString();
        query = sql("fruit", """
            SELECT id AS "id", weight AS "weight", color AS "color", number AS "count", kind AS "kind"
            FROM fruit ORDER BY id;
            """);
        execute(
                "DROP TABLE IF EXISTS fruit",
                "CREATE TABLE fruit(id INT, weight DECIMAL(9, 2), color VARCHAR, number BIGINT, kind VARCHAR)",
                "INSERT INTO fruit VALUES "
                        + rows.stream()
                                .map(each -> "(" + each.replaceAll("([a-z]+)", "'$1'") + ")")
                                .collect(Collectors.joining(",")));
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private void execute(String... statements) throws SQLException {
        try (Statement statement = database.createStatement()) {
            for (String each : statements) statement.execute(each);
        }
    }

    private String sql(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name + ".sql"), text).toString();
    }

    private String train(String data, String... more) {
        String out = directory.resolve("run-" + Path.of(data).getFileName()).toString();
        Stream<String> words = Stream.of(
                "train", data, "--label", "kind", "--drop", "id", "--epochs", "2", "--layers", "4", "--out", out);
        Cli trained = Cli.run(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return out;
    }

    @Test
    void isAsTheSameTableInAFile() {
        String ofFile = train(csv);
        String ofQuery = train(query);

        assertThat(Cli.run("evaluate", ofQuery).out())
                .isEqualTo(Cli.run("evaluate", ofFile).out());
        assertThat(Cli.run("evaluate", ofFile, "--data", query).out())
                .isEqualTo(Cli.run("evaluate", ofFile, "--data", csv).out());
        assertThat(Cli.run("predict", ofFile, query).out())
                .isEqualTo(Cli.run("predict", ofFile, csv).out())
                .hasLineCount(61);
        assertThat(Cli.run("data", query, "--label", "kind").out().replace(query, ""))
                .isEqualTo(Cli.run("data", csv, "--label", "kind").out().replace(csv, ""));
    }

    @Test
    void isReadAgainAndComparedByItsHash() throws SQLException, IOException {
        String run = train(query, "--checkpoint-every", "1");
        assertThat(Cli.run("evaluate", run).err()).doesNotContain("has changed");
        assertThat(Cli.run("evaluate", run, "--data", query).err()).contains("so only its test part is used");
        execute("UPDATE fruit SET number = 6 - number WHERE id < 30");

        String changed = query + " has changed since the training";
        assertThat(Cli.run("evaluate", run).err()).contains(changed);
        assertThat(Cli.run("evaluate", run, "--data", query).err()).contains(changed);

        Files.delete(Path.of(run, LoadedModel.MODEL_FILE)); // as of a run that has not ended
        Cli other = Cli.run("train", "--resume", run);
        assertThat(other.code()).isEqualTo(3);
        assertThat(other.err()).contains("expects the data that the run began with, got other data");

        execute("UPDATE fruit SET number = 6 - number WHERE id < 30");
        Cli resumed = Cli.run("train", "--resume", run);
        assertThat(resumed.code()).as(resumed.err()).isZero();
    }

    @Test
    void nothingOfTheDatabaseIsWritten() throws IOException {
        String run = train(query, "--html", directory.resolve("page.html").toString());
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(each, StandardCharsets.ISO_8859_1);
                assertThat(content).as(each.toString()).doesNotContain("never-shown", "jdbc:", "keeper");
            }
        }
        Cli wrong = Cli.run("predict", run, write("SELECT 'never-shown' FROM nowhere"));
        assertThat(wrong.code()).isEqualTo(3);
        assertThat(wrong.err())
                .contains("wrong.sql: expects a query that the database answers, got: Table \"NOWHERE\" not found")
                .doesNotContain("never-shown", "jdbc:");
    }

    private String write(String text) throws IOException {
        return sql("wrong", text);
    }

    @Test
    void changesNothing() throws IOException {
        Cli deleted = Cli.run("data", write("SELECT * FROM OLD TABLE (DELETE FROM fruit)"));
        assertThat(deleted.out()).contains("60 rows");
        assertThat(Cli.run("data", query).out()).contains("60 rows");
    }

    @Test
    void isRunOnceIfTheDatabaseRefusesIt() throws SQLException, IOException {
        execute("CREATE SEQUENCE IF NOT EXISTS asked", "ALTER SEQUENCE asked RESTART WITH 1");
        String failing = write("SELECT 1 / (NEXT VALUE FOR asked - 1) AS kind");
        Cli refused = Cli.run("train", failing, "--label", "kind");
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err()).contains("wrong.sql: expects a query that the database answers, got: Division");
        try (Statement statement = database.createStatement();
                ResultSet next = statement.executeQuery("SELECT NEXT VALUE FOR asked")) {
            next.next();
            assertThat(next.getInt(1)).isEqualTo(2);
        }
    }

    @Test
    void isNotRunByThePageOfRuns() {
        for (List<String> files : List.of(List.of(query), List.of(csv, "--test", query))) {
            String run = train(files.getFirst(), files.subList(1, files.size()).toArray(String[]::new));
            List<String> notes = new ArrayList<>();
            var content = new RunContents(notes::add).read(Path.of(run, LoadedModel.MODEL_FILE));
            assertThat(content.data()).isEmpty();
            assertThat(notes).singleElement().asString().contains("its data is a query, which the page does not run");
        }
    }

    @Test
    void optionsOfCsvConcernTheFilesThatAreCsv() throws IOException {
        Path other = Files.writeString(
                directory.resolve("other.csv"), Files.readString(Path.of(csv)).replace(',', ';'));
        String run = train(other.toString(), "--delimiter=;", "--header=yes", "--test", query);
        assertThat(LoadedModel.read(run).notes())
                .containsEntry("csv.delimiter", ";")
                .containsEntry("csv.header", "yes");
        run = train(query, "--delimiter=;", "--test", other.toString());
        assertThat(LoadedModel.read(run).notes()).containsEntry("csv.delimiter", ";");
        assertThat(Cli.run("evaluate", run).code()).isZero();

        run = train(query, "--test", query, "--overwrite");
        assertThat(LoadedModel.read(run).notes()).doesNotContainKeys("csv.delimiter", "csv.header");
    }

    @Test
    void optionsOfCsvAreRefused() {
        for (String option : List.of("--delimiter=;", "--header=yes")) {
            Cli refused = Cli.run("train", query, "--label", "kind", option);
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains(option.replaceAll("=.*", "") + ": expects a CSV file, got " + query);
        }
    }
}
