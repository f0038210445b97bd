namespace Recorder.ActorKernel.Event;

/// <summary>Logging by level. The template has positions (<c>{0}</c>) or names; it becomes text only when read.</summary>
public static class LoggingExtensions
{
    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Debug(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    public static void Debug(this ILoggingAdapter log, string format)
        => log.Log(LogLevel.DebugLevel, null, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Debug<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Debug<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format)
        => log.Log(LogLevel.DebugLevel, cause, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Debug<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Debug<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.DebugLevel))
            log.Log(LogLevel.DebugLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Info(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    public static void Info(this ILoggingAdapter log, string format)
        => log.Log(LogLevel.InfoLevel, null, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Info<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Info<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format)
        => log.Log(LogLevel.InfoLevel, cause, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Info<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Info<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.InfoLevel))
            log.Log(LogLevel.InfoLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Warning(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    public static void Warning(this ILoggingAdapter log, string format)
        => log.Log(LogLevel.WarningLevel, null, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Warning<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Warning<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format)
        => log.Log(LogLevel.WarningLevel, cause, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Warning<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Warning<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.WarningLevel))
            log.Log(LogLevel.WarningLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Error(this ILoggingAdapter log, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    public static void Error(this ILoggingAdapter log, string format)
        => log.Log(LogLevel.ErrorLevel, null, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Error<T1>(this ILoggingAdapter log, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Error<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, null, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format, params object?[] args)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format)
        => log.Log(LogLevel.ErrorLevel, cause, format);

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Error<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Error<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(LogLevel.ErrorLevel))
            log.Log(LogLevel.ErrorLevel, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Log(this ILoggingAdapter log, LogLevel level, string format, params object?[] args)
    {
        if (log.IsEnabled(level))
            log.Log(level, null, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="format">The template.</param>
    public static void Log(this ILoggingAdapter log, LogLevel level, string format)
        => log.Log(level, null, format);

    /// <summary>Logs.</summary>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="args">The arguments.</param>
    public static void Log(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, params object?[] args)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, args));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    public static void Log<T1>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    public static void Log<T1, T2>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1, T2 arg2)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1, arg2]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    public static void Log<T1, T2, T3>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    public static void Log<T1, T2, T3, T4>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    public static void Log<T1, T2, T3, T4, T5>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5]));
    }

    /// <summary>Logs.</summary>
    /// <typeparam name="T1">The type of an argument.</typeparam>
    /// <typeparam name="T2">The type of an argument.</typeparam>
    /// <typeparam name="T3">The type of an argument.</typeparam>
    /// <typeparam name="T4">The type of an argument.</typeparam>
    /// <typeparam name="T5">The type of an argument.</typeparam>
    /// <typeparam name="T6">The type of an argument.</typeparam>
    /// <param name="log">The log.</param>
    /// <param name="level">The level.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="format">The template.</param>
    /// <param name="arg1">An argument.</param>
    /// <param name="arg2">An argument.</param>
    /// <param name="arg3">An argument.</param>
    /// <param name="arg4">An argument.</param>
    /// <param name="arg5">An argument.</param>
    /// <param name="arg6">An argument.</param>
    public static void Log<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, LogLevel level, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, new LogMessage(log.Formatter, format, [arg1, arg2, arg3, arg4, arg5, arg6]));
    }
}
