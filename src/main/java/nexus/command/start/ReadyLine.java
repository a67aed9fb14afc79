package nexus.command.start;

import io.quarkus.vertx.http.HttpServerStart;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import nexus.process.ProcessConfig;
import nexus.process.Version;
import nexus.store.StoreConfig;

/**
 * Prints where the API listens, as plain lines instead of log lines. They are printed when the port is open, which is
 * after every observer of the start.
 */
@Singleton
class ReadyLine {
    private final ProcessConfig process;
    private final StoreConfig store;

    ReadyLine(ProcessConfig process, StoreConfig store) {
        this.process = process;
        this.store = store;
    }

    void print(@ObservesAsync HttpServerStart server) {
        System.out.println("Nexus " + Version.current().number() + " is ready on http://localhost:"
                + server.options().getPort());
        if (process.embedded()) {
            System.out.println("psql \"" + store.url() + "\"");
        }
    }
}
