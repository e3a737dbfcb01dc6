package dev.neurite.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JpegMarkersTest {
    /// The stored image has the lines `abc` and `def`.
    @ParameterizedTest
    @CsvSource({
        "1, abc/def",
        "2, cba/fed",
        "3, fed/cba",
        "4, def/abc",
        "5, ad/be/cf",
        "6, da/eb/fc",
        "7, fc/eb/da",
        "8, cf/be/ad"
    })
    void pixelsGoWhereExifSays(int orientation, String upright) {
        var markers = new JpegMarkers(orientation, -1, 1, true);
        String[] stored = {"abc", "def"};
        String[] lines = upright.split("/", -1);
        assertThat(markers.isTurned()).isEqualTo(lines.length == 3);
        for (int y = 0; y < lines.length; y++) {
            for (int x = 0; x < lines[y].length(); x++) {
                assertThat(stored[markers.line(x, y, 2)].charAt(markers.column(x, y, 3)))
                        .isEqualTo(lines[y].charAt(x));
            }
        }
    }

    private static byte[] bytes(ByteBuffer file) {
        byte[] bytes = new byte[file.position()];
        file.get(0, bytes);
        return bytes;
    }

    private static JpegMarkers read(ByteBuffer file, boolean whole) throws IOException {
        return JpegMarkers.read(new ByteArrayInputStream(bytes(file)), whole);
    }

    private static ByteBuffer exif(int orientation) {
        ByteBuffer file = ByteBuffer.allocate(100).putShort((short) 0xffd8);
        file.putShort((short) 0xffe1).putShort((short) 34).put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII));
        file.putShort((short) 42).putInt(8).putShort((short) 1);
        return file.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putInt(orientation << 16)
                .putInt(0);
    }

    @Test
    void segmentsAreReadUpToTheirEnd() throws IOException {
        ByteBuffer file = exif(6);
        assertThat(read(file, true)).isEqualTo(new JpegMarkers(6, -1, 0, false));
        file.putShort((short) 0xffee).putShort((short) 14).put("Adobe".getBytes(StandardCharsets.US_ASCII));
        file.put(new byte[] {0, 100, 0, 0, 0, 0, 2});
        file.putShort((short) 0xffda).putShort((short) 2); // a scan, with a filled byte and a mark for a restart
        file.put(new byte[] {1, (byte) 0xff, 0, 2, (byte) 0xff, (byte) 0xd0, 3});
        assertThat(read(file, true)).isEqualTo(new JpegMarkers(6, 2, 1, false));
        assertThat(read(file, false)).isEqualTo(new JpegMarkers(6, 2, 0, false));
        file.putShort((short) 0xffd9);
        assertThat(read(file, true)).isEqualTo(new JpegMarkers(6, 2, 1, true));
    }

    /// At whatever place it is cut or changed.
    @Test
    void damagedSegmentsAreNoReasonToFail() throws IOException {
        byte[] file = bytes(exif(6));
        for (int i = 2; i < file.length; i++) {
            byte[] changed = file.clone();
            changed[i] ^= 0x55;
            assertThat(JpegMarkers.read(new ByteArrayInputStream(changed), true).orientation())
                    .isIn(1, 6);
            assertThat(JpegMarkers.read(new ByteArrayInputStream(changed, 0, i), true)
                            .ended())
                    .isFalse();
        }
        assertThat(read(exif(9), true).orientation()).isEqualTo(1);
    }
}
