package dev.neurite.spark.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// The masters of a standalone cluster. Spark tries to reach them for a minute, and then only logs why it ends.
public final class Masters {
    private static final String SCHEME = "spark://";
    private static final int PATIENCE_MILLIS = 5000;
    private static final int MOST = 65_535;

    private Masters() {}

    /// Refuses a standalone cluster none of whose masters listens. Spark itself looks after other clusters.
    /// @param address of one or several masters: `spark://host:7077,other:7077`
    /// @throws ConfigException for an address without a host or port
    /// @throws ResourceException if none answers within 5 seconds
    public static void requireOneThatAnswers(String address) {
        if (!address.startsWith(SCHEME)) return;
        List<String> problems = new ArrayList<>();
        for (String each : address.substring(SCHEME.length()).split(",", -1)) {
            try (Socket socket = new Socket()) {
                socket.connect(place(address, each), PATIENCE_MILLIS);
                return;
            } catch (IOException e) {
                problems.add(each + ": " + (e instanceof UnknownHostException ? "an unknown host" : e.getMessage()));
            }
        }
        throw new ResourceException(
                address,
                "expects a master that answers, got " + String.join(", ", problems),
                "Is the master running, and can this machine reach it?");
    }

    private static InetSocketAddress place(String address, String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        String port = hostAndPort.substring(colon + 1);
        if (colon > 0 && port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= MOST) {
            return new InetSocketAddress(hostAndPort.substring(0, colon), Integer.parseInt(port));
        }
        throw new ConfigException("master " + address, "expects " + SCHEME + "host:port, got '" + hostAndPort + "'");
    }
}
