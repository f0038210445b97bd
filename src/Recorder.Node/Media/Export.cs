using Recorder.Actors.Playback;
using Recorder.FFmpeg;
using Recorder.Node.Http;

namespace Recorder.Node.Media;

/// <summary>One file that is made and sent, and is gone with this.</summary>
/// <param name="path">Where.</param>
/// <param name="promised">Bytes that were set aside for it.</param>
/// <param name="end">Called when it is gone.</param>
/// <param name="stopping">Cancelled when the node stops.</param>
internal sealed class Export(string path, long promised, Action<Export> end, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _givingWay = new();

    public string Path => path;

    /// <summary>Whether it is encoded anew.</summary>
    public bool Transcodes { get; init; }

    /// <summary>Bytes that were promised and are not written; below 0 when it has more than that.</summary>
    public long Unwritten => promised - LengthOf(new FileInfo(path));

    /// <summary>Whether it was told to make room.</summary>
    public bool GivesWay => _givingWay.IsCancellationRequested;

    /// <summary>Cancelled when it is to make room for recordings, while it is made or sent.</summary>
    public CancellationToken GivingWay => _givingWay.Token;

    /// <summary>Tells it to end, because recordings need its room.</summary>
    public void GiveWay()
    {
        try
        {
            _givingWay.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is gone by itself.
        }
    }

    /// <summary>Makes the file.</summary>
    /// <exception cref="ProblemException">406: the container cannot hold it; 503: it failed; 507: recordings needed its room.</exception>
    public async Task MakeAsync(ExportPlan plan, ExportFormat format, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping, _givingWay.Token);
        var token = either.Token;
        try
        {
            await Task.Factory.StartNew(
                () => ExportWriter.Write(plan, format, path, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (ExportRefusedException refused)
        {
            throw new ProblemException(Problem.NotSupported(refused.Message) with { Status = 406 });
        }
        catch (FFmpegException tooLarge) when (tooLarge.ExceedsLimit)
        {
            throw new ProblemException(Exports.TooLarge(tooLarge));
        }
        catch (Exception failed) when (failed is FFmpegException or IOException)
        {
            throw new ProblemException(Problem.Unavailable($"The export failed: {failed.Message}"));
        }
        catch (OperationCanceledException) when (GivesWay)
        {
            throw new ProblemException(Exports.NoRoom(
                "The export was ended because recordings need its room (minFree): export a shorter interval, or make room."));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(Problem.Unavailable("The node is being shut down; ask it again when it is back."));
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(path);
        }
        finally
        {
            end(this);
            _givingWay.Dispose();
        }
    }

    // A file may go between two looks.
    internal static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Exists ? file.Length : 0;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
