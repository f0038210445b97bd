using Microsoft.Extensions.Logging;
using Recorder.Actors.Recording;
using Recorder.Contracts;
using Recorder.FFmpeg;

namespace Recorder.Actors.Storage;

/// <summary>What a recorder tells the writer of one of its recordings, and what it hears back.</summary>
internal static class WriterProtocol
{
    /// <summary>Following bytes go to a new extent.</summary>
    public sealed record BeginExtent(int Number);

    /// <summary>Whole fragments, now owned by the writer; taken off the <see cref="WriteBacklog"/>, whatever becomes of them.</summary>
    public sealed record Append(MediaBytes Bytes);

    /// <summary>What was appended since the last one is a blob. Answered with <see cref="BlobStored"/>.</summary>
    public sealed record EndBlob(BlobMark Mark, EventOutbox.Slot Slot);

    /// <summary>An interval was not recorded.</summary>
    public sealed record AddGap(RecorderProtocol.GapRecorded Gap);

    /// <summary>Completes the extent's header in place.</summary>
    public sealed record Finalise(IReadOnlyList<MediaPatch> Patches);

    /// <summary>Rewrites the description.</summary>
    public sealed record Describe(RecordingDescription Description);

    /// <summary>Closes the files; the writer then stops. Answered with <see cref="Closed"/>.</summary>
    public sealed record Close(RecordingDescription Description, EventOutbox.Slot Slot);

    /// <summary>The blob and its index line are written. After a failure: what is left of it.</summary>
    public sealed record BlobStored(EventOutbox.Slot Slot, Blob Blob);

    /// <summary>The first failure of this recording; what comes after is thrown away.</summary>
    public sealed record WriteFailed(RecordingId Recording, MediaError Error);

    /// <summary>Nothing more comes.</summary>
    public sealed record Closed(EventOutbox.Slot Slot);
}

/// <summary>
/// The only one that touches the files of one recording. It blocks on nothing: each request becomes a job on the volume's thread,
/// which runs them in order and answers the recorder.
/// </summary>
internal sealed class RecordingWriterActor : ReceiveActor
{
    private readonly IActorRef _recorder = Context.Parent;
    private readonly RecordingId _recording;
    private readonly RecordingLayout _layout;
    private readonly string _extension;
    private readonly WriteBacklog _backlog;
    private readonly VolumeThread _volume;
    private readonly RecordingFiles _files;
    private readonly ILogger _logger;

    // Read and written on the volume's thread only.
    private bool _failed;

    public RecordingWriterActor(
        RecordingId recording, RecordingLayout layout, string extension, WriteBacklog backlog, VolumeThread volume, ILogger logger)
    {
        (_recording, _layout, _extension, _backlog) = (recording, layout, extension, backlog);
        (_volume, _logger) = (volume, logger);
        _files = new RecordingFiles(layout);
        Receive<WriterProtocol.Append>(message => Post(() => Append(message.Bytes)));
        Receive<WriterProtocol.EndBlob>(message => Post(() => EndBlob(message)));
        Receive<WriterProtocol.BeginExtent>(message => Post(() => Attempt(() => _files.BeginExtent(message.Number, _extension))));
        Receive<WriterProtocol.Finalise>(message => Post(() => Attempt(() => _files.Finalise(message.Patches))));
        Receive<WriterProtocol.AddGap>(message => Post(() => Attempt(() => _files.AddGap(message.Gap))));
        Receive<WriterProtocol.Describe>(message => Post(() => Attempt(() => _files.Describe(message.Description))));
        Receive<WriterProtocol.Close>(OnClose);
    }

    public static Props PropsFor(
        RecordingId recording, RecordingLayout layout, string extension, WriteBacklog backlog, VolumeThread volume, ILogger logger) =>
        Props.Create(() => new RecordingWriterActor(recording, layout, extension, backlog, volume, logger));

    protected override void PostStop() => Post(_files.Dispose);

    private void OnClose(WriterProtocol.Close message)
    {
        var self = Self;
        Post(() =>
        {
            Attempt(() => _files.Describe(message.Description), evenAfterFailure: true);
            Attempt(_files.Dispose, evenAfterFailure: true);
            _recorder.Tell(new WriterProtocol.Closed(message.Slot), self);
        });
        Context.Stop(Self);
    }

    private void Append(MediaBytes bytes)
    {
        var length = bytes.Length;
        using (bytes)
        {
            Attempt(() => _files.Append(bytes));
        }

        _backlog.Remove(length);
    }

    private void EndBlob(WriterProtocol.EndBlob message)
    {
        Blob? blob = null;
        Attempt(() => blob = _files.EndBlob(message.Mark, _extension), evenAfterFailure: true);
        _recorder.Tell(new WriterProtocol.BlobStored(message.Slot, blob ?? _files.EmptyBlob(message.Mark, _extension)), ActorRefs.NoSender);
    }

    private void Post(Action job) => _volume.Post(job);

    private void Attempt(Action write, bool evenAfterFailure = false)
    {
        if (_failed && !evenAfterFailure)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            StorageLog.WriteFailed(_logger, _layout.Folder, exception.Message);
            if (!_failed)
            {
                _failed = true;
                _recorder.Tell(new WriterProtocol.WriteFailed(_recording, Explain(exception)), ActorRefs.NoSender);
            }
        }
    }

    private MediaError Explain(Exception exception)
    {
        const int NoSpace = 28;
        var remedy = exception switch
        {
            UnauthorizedAccessException => $"the folder {_layout.Folder} may not be written to; choose another or change its permissions",
            DirectoryNotFoundException => $"the folder {_layout.Folder} cannot be made; choose another",
            _ when (exception.HResult & 0xFFFF) == NoSpace || exception.Message.Contains("No space left", StringComparison.Ordinal) =>
                $"the volume of {_layout.Folder} is full; make space or choose another",
            _ when exception.Message.Contains("already exists", StringComparison.Ordinal) =>
                $"{exception.Message} Choose another name or allow it to be replaced",
            _ => $"writing to {_layout.Folder} failed: {exception.Message}",
        };
        return new MediaError(ErrorName.UnknownError, $"The recording cannot be written: {remedy.TrimEnd('.')}.");
    }
}
