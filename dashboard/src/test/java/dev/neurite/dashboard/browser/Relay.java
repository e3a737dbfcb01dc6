package dev.neurite.dashboard.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A network between a browser and a server on this machine, which can be cut and mended.
final class Relay implements AutoCloseable {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int server;
    private ServerSocket listening;

    /// A network that listens on a free port. The server's port is said later.
    Relay() throws IOException {
        listening = new ServerSocket(0, 50, HERE);
        port = listening.getLocalPort();
        accept(listening);
    }

    int port() {
        return port;
    }

    void leadTo(int serverPort) {
        server = serverPort;
    }

    private void accept(ServerSocket from) {
        Thread.ofVirtual().start(() -> {
            try {
                for (; ; ) {
                    Socket client = from.accept();
                    open.add(client);
                    Socket other = new Socket(HERE, server);
                    open.add(other);
                    if (from.isClosed()) closeAll();
                    pump(client, other);
                    pump(other, client);
                }
            } catch (IOException _) {
                // cut
            }
        });
    }

    private static void pump(Socket from, Socket to) {
        Thread.ofVirtual().start(() -> {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException _) {
                // one side has gone: the other is closed
            }
        });
    }

    /// Ends all connections and refuses new ones.
    void cut() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        closeAll();
    }

    private void closeAll() {
        for (Socket each : List.copyOf(open)) {
            open.remove(each);
            try {
                each.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Takes connections again.
    void mend() {
        try {
            listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(HERE, port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accept(listening);
    }

    @Override
    public void close() {
        cut();
    }
}
