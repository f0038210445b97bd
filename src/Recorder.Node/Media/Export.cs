using Recorder.Media.Export;

namespace Recorder.Node.Media;

/// <summary>An export: a file, or a folder of files, that is made, sent, and deleted on disposal.</summary>
internal sealed class Export(string path, long promised, Action<Export> end, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _givingWay = new();

    public string Path => path;
    public bool Transcodes { get; init; }

    /// <summary>Whether all of it was made: what it was promised beyond that is free again.</summary>
    public bool IsMade { get; set; }

    /// <summary>Reserved bytes that are not written yet; negative if there is more than was reserved.</summary>
    public long Unwritten => IsMade ? 0 : promised - (Directory.Exists(path) ? Exports.BytesIn(path) : LengthOf(new FileInfo(path)));

    public bool GivesWay => _givingWay.IsCancellationRequested;

    /// <summary>Cancelled, while the file is made or sent, when recordings need its space.</summary>
    public CancellationToken GivingWay => _givingWay.Token;

    /// <summary>Whether it was ended because it became larger than was promised.</summary>
    public bool HasOutgrown { get; private set; }

    public void GiveWay(bool hasOutgrown = false)
    {
        HasOutgrown |= hasOutgrown;
        try
        {
            _givingWay.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The export ended meanwhile.
        }
    }

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
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
        }
        finally
        {
            end(this);
            _givingWay.Dispose();
        }
    }

    // The file may be deleted between the two calls.
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
