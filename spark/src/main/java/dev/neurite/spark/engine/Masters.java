package dev.neurite.spark.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Addresses of clusters. Spark looks at their form late, and tries to reach a standalone cluster for a minute.
public final class Masters {
    private static final String SETTING = "spark.master";
    private static final Pattern FORM = Pattern.compile("local(\\[([1-9][0-9]*|\\*)(\\s*,\\s*[0-9]+)?])?"
            + "|local-cluster\\[\\s*[0-9]+\\s*,\\s*[0-9]+\\s*,\\s*[0-9]+\\s*]|spark://.*|yarn|k8s://.+");
    private static final String SCHEME = "spark://";
    private static final int TIMEOUT_MILLIS = 5000;
    private static final int MOST = 65_535;

    private Masters() {}

    /// Refuses an address that Spark does not know.
    /// @throws ConfigException then
    public static void requireForm(String address) {
        if (FORM.matcher(address).matches()) return;
        throw new ConfigException(
                SETTING,
                "expects local, local[N], local[*], local-cluster[N,CORES,MB], spark://host:port, yarn or k8s://…, got"
                        + " '"
                        + address + "'");
    }

    /// Refuses a standalone cluster none of whose masters listens. Spark itself looks after other clusters.
    /// @param address of one or several masters: `spark://host:7077,other:7077`
    /// @throws ConfigException for an address without a host or port
    /// @throws ResourceException if none answers within 5 seconds
    public static void requireOneThatAnswers(String address) {
        if (!address.startsWith(SCHEME)) return;
        List<String> problems = new ArrayList<>();
        for (String each : address.substring(SCHEME.length()).split(",", -1)) {
            try (Socket socket = new Socket()) {
                socket.connect(place(each), TIMEOUT_MILLIS);
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

    private static InetSocketAddress place(String hostAndPort) {
        int colon = hostAndPort.lastIndexOf(':');
        String port = hostAndPort.substring(colon + 1);
        if (colon > 0 && port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= MOST) {
            return new InetSocketAddress(hostAndPort.substring(0, colon), Integer.parseInt(port));
        }
        throw new ConfigException(SETTING, "expects " + SCHEME + "host:port, got '" + hostAndPort + "'");
    }
}
