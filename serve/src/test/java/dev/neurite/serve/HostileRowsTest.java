package dev.neurite.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.http.HttpService;
import dev.neurite.serve.model.RawModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bodies that are made to hurt are refused, with what is wrong, and the server goes on.
final class HostileRowsTest {
    private static HttpService server;
    private static PlainClient client;

    @BeforeAll
    static void start() {
        server = PlainClient.serve(new RawModels().repository());
        client = new PlainClient(server.port());
    }

    @AfterAll
    static void stop() {
        assertThat(client.answer("/predict/review", "text/plain", "good")).contains("\"kind\":\"class\"");
        server.close();
    }

    /// `*N` repeats the group before it.
    private static String repeated(String body) {
        String text = body;
        for (int star = text.indexOf(")*"); star >= 0; star = text.indexOf(")*")) {
            int open = text.lastIndexOf('(', star);
            int end = star + 2;
            while (end < text.length() && Character.isDigit(text.charAt(end))) end++;
            int times = Integer.parseInt(text.substring(star + 2, end));
            text = text.substring(0, open) + text.substring(open + 1, star).repeat(times) + text.substring(end);
        }
        return text.replace("\\n", "\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        fruit   | application/json     | ([)*100000                                | 400 | levels
        fruit   | application/json     | ({"a":)*100000                            | 400 | levels
        fruit   | application/json     | [(1,)*1100000 1]                          | 400 | values
        fruit   | application/json     | [(1,)*80000 1]                            | 400 | at most 80000 values
        fruit   | application/json     | [({},)*10001 {}]                          | 413 | at most 10000 rows
        fruit   | application/json     | ( )*9000000                               | 413 | bytes
        fruit   | application/json     | {"weight":1,"weight":1}                   | 400 | once
        fruit   | application/json     | {"weight":Infinity}                       | 400 | digit
        fruit   | application/json     | {"weight":(9)*400,"color":"","picked":""} | 400 | float32
        fruit   | application/json     | {"weight":"(x)*50000","color":"red","picked":"2026-07-05"} | 400 | number
        review  | application/json     | "(x)*100001"                              | 413 | 100000 characters
        review  | text/plain           | (x )*60000                                | 413 | 100000 characters
        writer  | text/plain           | (x )*20000                                | 413 | 20000 characters
        writer  | application/json     | {"prompt":"the","most":2001}              | 400 | 1 to 2000
        writer  | application/json     | {"prompt":"the","temperature":1e999}      | 400 | finite
        grid    | application/json     | [[1e400,0,0],[0,0,0]]                     | 400 | float32
        grid    | application/json     | [([)*20 1(])*20]                          | 400 | axes
        tensors | application/json     | [[([],)*100000 []]]                       | 400 | expects
        tensors | application/json     | {"input":[[[1,2,3],[4,5,null]]]}          | 400 | expects a number
        visits  | application/json     | []                                        | 400 | at least 1
        demand  | application/json     | [{"day":"2026-01-01","sales":"(1)*50"}]   | 400 | expects
        fruit   | text/csv             | weight,color,picked\\n1,red\\n             | 400 | CSV, line 2
        fruit   | text/csv             | weight,color,picked\\n1,red,2026-07-05,x,y\\n | 400 | CSV, line 2
        fruit   | text/csv             | weight,weight,color,picked\\n1,1,red,x\\n  | 400 | weight
        fruit   | text/csv             | (,)*200000                                | 400 | CSV
        fruit   | text/csv             | weight,color,picked\\n(1,red,2026-07-05\\n)*10001 | 413 | rows
        fruit   | text/csv             | weight,color,picked\\n"(x)*100000          | 400 | CSV
        fruit   | application/x-ndjson | ({}\\n)*10001                              | 413 | rows
        fruit   | application/xml      | <a/>                                      | 415 | application/json
        photo   | image/png            | no image                                  | 400 | PNG or JPEG
        photo   | application/json     | {"image":"(A)*12000000"}                  | 413 | bytes
        photo   | image/gif            | GIF89a                                    | 415 | image/png
        """)
    void bodies(String model, String type, String body, int status, String words) {
        HttpResponse<String> response = client.post("/predict/" + model, type, repeated(body));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).startsWith("{\"error\":{").contains(words).hasSizeLessThan(3_000);
    }

    @Test
    void bytesThatAreNoText() {
        for (String type : List.of("application/json", "application/x-ndjson")) {
            HttpResponse<String> response = client.post("/predict/fruit", type, new byte[] {'"', (byte) 0xc3, '"'});
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("UTF-8");
        }
        assertThat(client.post("/predict/review", "text/plain", new byte[] {(byte) 0xff})
                        .statusCode())
                .isEqualTo(400);
    }

    /// A PNG file whose header says another size than its pixels have.
    @Test
    void imagesThatClaimToBeLarge() throws IOException {
        byte[] png = PredictOverHttpTest.png(20, 14);
        ByteBuffer header = ByteBuffer.wrap(png);
        header.putInt(16, 60_000).putInt(20, 60_000);
        var crc = new CRC32();
        crc.update(png, 12, 17);
        header.putInt(29, (int) crc.getValue());
        HttpResponse<String> bomb = client.post("/predict/photo", "image/png", png);
        assertThat(bomb.statusCode()).as(bomb.body()).isEqualTo(413);
        assertThat(bomb.body()).contains("3,600,000,000");
        byte[] cut = Arrays.copyOf(PredictOverHttpTest.png(20, 14), 40);
        assertThat(client.post("/predict/photo", "image/png", cut).statusCode()).isEqualTo(400);
    }

    @Test
    void chunksWithoutEnd() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            write(
                    out,
                    "POST /predict/fruit HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                            + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] piece =
                    "10000\r\n".concat(" ".repeat(1 << 16)).concat("\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 140; i++) out.write(piece); // 9 MB, and no end
            out.flush();
            assertThat(status(socket.getInputStream())).contains("413");
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String status(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) line.write(c);
        return line.toString(StandardCharsets.US_ASCII);
    }

    /// A page of another site can send text without asking first.
    @Test
    void otherOrigins() {
        HttpResponse<String> other =
                client.post("/predict/review", "text/plain", "good", "Origin", "http://evil.example");
        assertThat(other.statusCode()).isEqualTo(403);
        HttpResponse<String> site =
                client.post("/predict/review", "text/plain", "good", "Sec-Fetch-Site", "cross-site");
        assertThat(site.statusCode()).isEqualTo(403);
        String own = "http://127.0.0.1:" + server.port();
        assertThat(client.post("/predict/review", "text/plain", "good", "Origin", own)
                        .statusCode())
                .isEqualTo(200);
    }
}
