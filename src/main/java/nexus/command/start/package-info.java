/**
 * Can the process start?
 *
 * <p>Takes the configuration, checks databases and keys before the application runs. Never changes what a user owns.
 */
@NullMarked
package nexus.command.start;

import org.jspecify.annotations.NullMarked;
