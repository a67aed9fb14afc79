package nexus.queue;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells this process's dispatcher, after the commit, that there are rows it would not find by reading on. */
@Singleton
public class OwedSignal {
    private final List<Consumer<OwedRows>> listeners = new CopyOnWriteArrayList<>();

    /** Calls back on the thread of whoever raises the signal, so the listener must not block. */
    public void onOwed(Consumer<OwedRows> listener) {
        listeners.add(listener);
    }

    /** To be called after the commit; nothing is told when there is nothing. */
    public void raise(OwedRows rows) {
        if (!rows.isEmpty()) {
            listeners.forEach(listener -> listener.accept(rows));
        }
    }
}
