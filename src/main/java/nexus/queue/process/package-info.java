/**
 * Is another process still running?
 *
 * <p>Takes the place where a process runs, and its beats; gives a verdict. Never touches a lane, and never declares a process
 * dead that may be running.
 */
@NullMarked
package nexus.queue.process;

import org.jspecify.annotations.NullMarked;
