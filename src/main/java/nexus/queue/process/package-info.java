/**
 * Is another process still alive?
 *
 * <p>Takes what a process tells of the place where it runs, and its beats; gives a verdict. Never touches a lane, and never
 * calls a process dead that may be alive.
 */
@NullMarked
package nexus.queue.process;

import org.jspecify.annotations.NullMarked;
