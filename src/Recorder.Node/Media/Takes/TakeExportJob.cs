using Recorder.Media.Export.Editing;
using Recorder.Node.Api;

namespace Recorder.Node.Media;

/// <summary>An export of a take that a node makes, and keeps until it is fetched.</summary>
internal sealed class TakeExportJob(string id, Take take, string key, Export export)
{
    private readonly Lock _gate = new();
    private readonly List<TakeExportFile> _files = [];
    private readonly CancellationTokenSource _removal = new();
    private TakeExportState _state = TakeExportState.Making;
    private string? _problem;

    public string Id => id;

    public Take Take => take;

    /// <summary>What is exported and how. Two requests for the same get one export.</summary>
    public string Key => key;

    public Export Export => export;

    public TakeExportState State => Describe().State;

    public TakeExportAnswer Describe()
    {
        lock (_gate)
        {
            return new TakeExportAnswer { Id = id, Take = take.Id, State = _state, Files = [.. _files], Problem = _problem };
        }
    }

    /// <summary>Finds a file that can be downloaded; there is none once the export has failed.</summary>
    public TakeExportFile? FindFile(string name) =>
        Describe() is { State: not TakeExportState.Failed } made ? made.Files.FirstOrDefault(file => file.File == name && file.State == TakeFileState.Done) : null;

    /// <summary>Makes the files. Ends when the export is removed, gives way to recordings, or the node ends.</summary>
    public async Task MakeAsync(
        Func<Action<string, EditProgress>, CancellationToken, IAsyncEnumerable<ExportedFile>> write, IEnumerable<string> names, CancellationToken stopping)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(_removal.Token, export.GivingWay, stopping);
        lock (_gate)
        {
            _files.AddRange(names.Select(name => new TakeExportFile { File = name, State = TakeFileState.Waiting }));
        }

        try
        {
            var isOutOfRoom = false;
            await foreach (var file in write(Report, any.Token))
            {
                Set(Describe(file));
                isOutOfRoom |= file.IsOutOfRoom;
            }

            export.IsMade = true;
            End(isOutOfRoom ? "There is no room for the rest of the files." : null);
        }
        catch (OperationCanceledException)
        {
            End(export.HasOutgrown ? OutgrownText
                : export.GivesWay ? "The export was ended because recordings need its room (minFree): make room, and export again." : "The export was ended.");
        }
#pragma warning disable CA1031 // It is told to whoever asks for the export.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            End(failed.Message);
        }
    }

    public void Cancel() => _removal.Cancel();

    /// <summary>Ends when the export is removed, gives way to recordings, or the node ends.</summary>
    public async Task WaitForRemovalAsync(CancellationToken stopping)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(_removal.Token, export.GivingWay, stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, any.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (export.GivesWay)
            End("The files were removed because recordings need their room (minFree): make room, and export again.");
    }

    public static TakeExportFile Describe(ExportedFile file) => new()
    {
        File = file.Name,
        State = file.Problem is null ? TakeFileState.Done : TakeFileState.Failed,
        Problem = file.Problem,
        Progress = file.Problem is null ? 1 : null,
        Bytes = file.Problem is null ? file.Bytes : null,
        Sha256 = file.Sha256,
        TimeCode = file.Report?.TimeCode.ToString(),
        Rate = file.Report?.Rate.ToString(),
        Frames = file.Report?.Length,
        SourceFrames = file.Report?.SourceFrames,
        LargestShift = file.Report?.LargestShift,
        Drift = file.Report is { } report ? Math.Round(report.DriftPpm, 1) : null,
        Holes = file.Report?.Holes.Count,
        IsConstantRate = file.Report?.IsConstantRate,
        Quality = file.Report?.Encoded?.Quality,
    };

    private string OutgrownText => export.Transcodes
        ? "The encoded video became larger than was foreseen for its quality, and the export was ended: use a larger --quality value, which makes smaller files."
        : "The files became larger than their recordings, and the export was ended: export again.";

    private void Report(string name, EditProgress done) =>
        Set(new TakeExportFile { File = name, State = TakeFileState.Making, Progress = done.Of == 0 ? 0 : Math.Round(Math.Min(1, (double)done.Frames / done.Of), 3) });

    private void Set(TakeExportFile file)
    {
        lock (_gate)
        {
            var place = _files.FindIndex(known => known.File == file.File);
            if (place >= 0)
                _files[place] = file;
            else
                _files.Add(file);
        }
    }

    private void End(string? problem)
    {
        lock (_gate)
        {
            (_state, _problem) = (problem is null ? TakeExportState.Done : TakeExportState.Failed, problem);
            if (problem is null)
                return;

            // Nothing of an export that failed is kept.
            for (var i = 0; i < _files.Count; i++)
            {
                if (_files[i].State != TakeFileState.Failed)
                    _files[i] = new TakeExportFile { File = _files[i].File, State = TakeFileState.Failed, Problem = problem };
            }
        }
    }
}
