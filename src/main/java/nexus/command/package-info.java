/**
 * Which command was given, and can it run?
 *
 * <p>Takes arguments and variables, runs a process or prints one line that names the problem. Never prints a
 * secret, and never starts with a configuration that was not checked.
 */
@NullMarked
package nexus.command;

import org.jspecify.annotations.NullMarked;
