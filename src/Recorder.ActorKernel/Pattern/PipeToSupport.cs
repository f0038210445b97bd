namespace Recorder.ActorKernel;

/// <summary>Sends the result of a task to an actor: the way to do asynchronous work without awaiting in a handler.</summary>
public static class PipeToSupport
{
    /// <summary>Sends the result.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of the result; null sends the result itself.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo<T>(
        this Task<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe, recipient, useConfigureAwait: false, sender, success, failure);

    /// <summary>Sends the result.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="useConfigureAwait">Whether the context of the caller is used.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of the result; null sends the result itself.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe,
        ICanTell recipient,
        bool useConfigureAwait,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null)
    {
        sender ??= ActorRefs.NoSender;
        try
        {
            var result = await taskToPipe.ConfigureAwait(useConfigureAwait);
            recipient.Tell(success is null ? result! : success(result), sender);
        }
        catch (Exception e)
        {
            recipient.Tell(failure is null ? new Status.Failure(e) : failure(e), sender);
        }
    }

    /// <summary>Sends a message when the task ends.</summary>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of success; null sends none.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo(
        this Task taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe, recipient, useConfigureAwait: false, sender, success, failure);

    /// <summary>Sends a message when the task ends.</summary>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="useConfigureAwait">Whether the context of the caller is used.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of success; null sends none.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static async Task PipeTo(
        this Task taskToPipe,
        ICanTell recipient,
        bool useConfigureAwait,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null)
    {
        sender ??= ActorRefs.NoSender;
        try
        {
            await taskToPipe.ConfigureAwait(useConfigureAwait);
            if (success is not null)
                recipient.Tell(success(), sender);
        }
        catch (Exception e)
        {
            recipient.Tell(failure is null ? new Status.Failure(e) : failure(e), sender);
        }
    }

    /// <summary>Sends the result.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of the result; null sends the result itself.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait: false, sender, success, failure);

    /// <summary>Sends the result.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="useConfigureAwait">Whether the context of the caller is used.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of the result; null sends the result itself.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo<T>(
        this ValueTask<T> taskToPipe,
        ICanTell recipient,
        bool useConfigureAwait,
        IActorRef? sender = null,
        Func<T, object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait, sender, success, failure);

    /// <summary>Sends a message when the task ends.</summary>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of success; null sends none.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo(
        this ValueTask taskToPipe,
        ICanTell recipient,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait: false, sender, success, failure);

    /// <summary>Sends a message when the task ends.</summary>
    /// <param name="taskToPipe">The task.</param>
    /// <param name="recipient">To whom.</param>
    /// <param name="useConfigureAwait">Whether the context of the caller is used.</param>
    /// <param name="sender">From whom.</param>
    /// <param name="success">Makes the message of success; null sends none.</param>
    /// <param name="failure">Makes the message of an exception; null sends <see cref="Status.Failure"/>.</param>
    /// <returns>Ends when the message has been sent.</returns>
    public static Task PipeTo(
        this ValueTask taskToPipe,
        ICanTell recipient,
        bool useConfigureAwait,
        IActorRef? sender = null,
        Func<object>? success = null,
        Func<Exception, object>? failure = null) =>
        PipeTo(taskToPipe.AsTask(), recipient, useConfigureAwait, sender, success, failure);
}
