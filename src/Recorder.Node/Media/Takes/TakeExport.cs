using System.Collections.Immutable;
using System.Security.Cryptography;
using Recorder.Actors.Catalogue;
using Recorder.Media.Codecs;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;
using Recorder.Media.Interchange;

namespace Recorder.Node.Media;

/// <summary>How a take is exported for an editor.</summary>
/// <param name="Overwrite">Whether files that are there, and not of an earlier run of this export, are replaced.</param>
internal sealed record TakeExportOptions(EditContainer Container, EditHoles Holes, bool Overwrite)
{
    /// <summary>The rate of the files; null for the take's, or the camera's own where that is another.</summary>
    public TimeCodeRate? Rate { get; init; }

    /// <summary>How video of another rate is encoded; null refuses it.</summary>
    public EditEncoding? Encode { get; init; }

    /// <summary>Where the files will be when an editor opens them; null for the folder that they are written to.</summary>
    public Uri? Folder { get; init; }

    public IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;

    public MediaLimits Limits { get; init; } = MediaLimits.Default;

    /// <summary>What makes a file another one.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Container} {Holes} {Rate?.ToString()} {Encode?.Quality} {Folder}");
}

/// <summary>A file of an export, or why there is none.</summary>
/// <param name="Report">What was written; null for a file that is not media.</param>
/// <param name="Problem">Why it was not written; null when it was.</param>
internal sealed record ExportedFile(string Name, EditFileReport? Report = null, string? Problem = null)
{
    public long Bytes { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Whether an earlier run of the export had written it.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether there is no room for it, and so for none of the rest.</summary>
    public bool IsOutOfRoom { get; init; }

    public static ExportedFile Of(ManifestFile file, EditFileReport? report = null) => new(file.Name, report) { Bytes = file.Bytes, Sha256 = file.Sha256 };
}

/// <summary>
/// Exports a take from its recordings: a file for each recording of each angle, all by the take's time code, and beside them what editors import. One
/// that was interrupted goes on when it is run again.
/// </summary>
internal sealed class TakeExport(Take take, MediaLibrary library, string folder, TakeExportOptions options)
{
    private readonly TakeTimeCode _timeCode = new(take, options.Rate);
    private readonly List<EditAngle> _angles = [];
    private readonly List<ManifestFile> _written = [];

    /// <summary>Writes the files one after another; ends when there is no room.</summary>
    /// <param name="progress">Gets the name of the file and its progress.</param>
    /// <exception cref="EditExportException">The folder cannot be written, or the take is being exported to it.</exception>
    public async IAsyncEnumerable<ExportedFile> WriteAsync(
        Action<string, EditProgress> progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var ledger = ExportLedger.Open(folder, take.Id);
        var isComplete = true;
        foreach (var (angle, number, name) in FilesOf(take, options.Container))
        {
            var file = number < angle.Recordings.Count
                ? await WriteAngleAsync(angle, number, name, ledger, progress, cancellationToken)
                : new ExportedFile(name, Problem: $"Recorder {angle.Recorder} has recorded nothing of the take.");
            isComplete &= file.Problem is null;
            yield return file;
            if (file.IsOutOfRoom)
                yield break;
        }

        if (_angles.Count > 0)
        {
            var projects = new TakeProjects(take, _timeCode, folder, options, ledger);
            foreach (var file in await Task.Run(() => projects.Write(_angles, _written), cancellationToken))
            {
                isComplete &= file.Problem is null;
                yield return file;
                if (file.IsOutOfRoom)
                    yield break;
            }
        }

        ledger.End(isComplete);
    }

    /// <summary>The files of the angles: one for each recording, and one of which nothing will come for an angle without.</summary>
    public static IEnumerable<(TakeAngle Angle, int Number, string Name)> FilesOf(Take take, EditContainer container) =>
        take.Angles.SelectMany(angle => Enumerable.Range(0, Math.Max(1, angle.Recordings.Count)).Select(number =>
            (angle, number, angle.Recordings.Count == 0 ? angle.Name : NameOf(take, angle, number, container))));

    /// <summary>What one recording of an angle is to be exported from; null when nothing was recorded.</summary>
    /// <exception cref="ProblemException">The recording was removed, is too long, or is partly on a node that does not answer.</exception>
    public static async Task<(PlayedRecording Recording, ExportPlan? Plan)> PlanAsync(
        TakeAngle angle, int number, MediaLibrary library, CancellationToken cancellationToken)
    {
        var recording = await library.FindAsync($"{angle.Recorder}~{angle.Recordings[number]}", cancellationToken);
        return (recording, await ExportEndpoints.PlanOfAsync(recording, null, null, library, cancellationToken));
    }

    // The name of a second recording must not be that of another angle.
    private static string NameOf(Take take, TakeAngle angle, int number, EditContainer container)
    {
        var name = angle.Name;
        for (var suffix = number + 1; number > 0 && (name == angle.Name || take.Angles.Any(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase))); suffix++)
            name = $"{angle.Name}_{suffix}";

        return $"{name}.{(container == EditContainer.Mp4 ? "mp4" : "mov")}";
    }

    private async Task<ExportedFile> WriteAngleAsync(
        TakeAngle angle, int number, string name, ExportLedger ledger, Action<string, EditProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            var (recording, plan) = await PlanAsync(angle, number, library, cancellationToken);
            if (plan is null)
                return new ExportedFile(name, Problem: "Nothing was recorded.");

            var clock = await RecordingClock.ReadAsync(library, recording, number == 0 ? angle.Times : null, cancellationToken);
            var file = new EditFileOptions
            {
                Container = options.Container,
                Holes = options.Holes,
                Overwrite = options.Overwrite || ledger.Owns(name),
                TimeCode = (rate, begin) => _timeCode.Of(rate, clock.WallOf(begin) ?? take.At!.Value),
                Metadata = MetadataOf(angle, Path.GetFileNameWithoutExtension(name), clock.WallOf(plan.From) ?? take.At!.Value),
                Codecs = options.Codecs,
                Encode = options.Encode,
            };
            var exported = await Task.Run(() => Write(plan.Within(options.Limits), file, name, KeyOf(recording, plan, file), ledger, progress, cancellationToken), cancellationToken);
            _written.Add(new ManifestFile(name, exported.Bytes, exported.Sha256!));
            _angles.Add(AngleOf(angle, number, name, exported.Report!, recording));
            return exported;
        }
        catch (EditExportException refused)
        {
            return new ExportedFile(name, Problem: refused.Message) { IsOutOfRoom = refused.Error == EditError.DiskFull };
        }
        catch (ProblemException refused)
        {
            return new ExportedFile(name, Problem: refused.Problem.Detail);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CatalogueUnavailableException)
        {
            // The recording was removed meanwhile, or is on a node that does not answer: the other angles can be read.
            return new ExportedFile(name, Problem: failed.Message) { IsOutOfRoom = VolumeFull.Is(failed) };
        }
    }

    private ExportedFile Write(
        ExportPlan plan, EditFileOptions file, string name, string key, ExportLedger ledger, Action<string, EditProgress> progress, CancellationToken cancellationToken)
    {
        if (ledger.FindComplete(name, key) is { Report: { } known } line)
            return new ExportedFile(name, known) { Bytes = line.Bytes, Sha256 = line.Sha256, IsKept = true };

        var path = Path.Combine(folder, name);
        if (ledger.Owns(name))
            File.Delete(path + ".part");
        else if (!file.Overwrite && File.Exists(path + ".part"))
            throw new EditExportException(EditError.NotWritten, $"'{path}.part' already exists. Choose another name or allow overwriting.");

        if (file.Overwrite || !File.Exists(path))
            ledger.Begin(name, key);

        var report = Write(plan, file, path, new Forward(done => progress(name, done)), cancellationToken);
        return ExportedFile.Of(ledger.Complete(name, key, report), report);
    }

    // A few seconds do not tell 29.97 from 30: the take's rate is tried first, then what the camera's frames say.
    private EditFileReport Write(ExportPlan plan, EditFileOptions file, string path, Forward forward, CancellationToken cancellationToken)
    {
        try
        {
            return EditExport.Write(plan, file with { Rate = _timeCode.Rate }, path, forward, cancellationToken);
        }
        catch (EditExportException refused) when (refused.Error == EditError.OtherRate && options.Rate is null)
        {
            return EditExport.Write(plan, file, path, forward, cancellationToken);
        }
    }

    // The slate, the take's moment and a recording that goes on make another file.
    private string KeyOf(PlayedRecording recording, ExportPlan plan, EditFileOptions file)
    {
        var key = string.Create(
            CultureInfo.InvariantCulture,
            $"{recording.Key} {plan.Bytes} {plan.Duration.Ticks} {options.Key} {_timeCode.Rate} {file.TimeCode(_timeCode.Rate, plan.From)} {file.Metadata}");
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)));
    }

    private ClipMetadata MetadataOf(TakeAngle angle, string name, DateTimeOffset began) => new()
    {
        Project = take.Slate.Project,
        Scene = take.Slate.Scene,
        Take = take.Slate.Take,
        Camera = angle.Camera,
        Angle = angle.Angle,
        Reel = angle.Reel,
        IsGood = take.Slate.Rating switch { TakeRating.Good or TakeRating.Circled => true, TakeRating.NoGood => false, _ => null },
        Note = take.Slate.Notes,
        Name = name,
        RecordedAt = began,
    };

    private static EditAngle AngleOf(TakeAngle angle, int number, string file, EditFileReport report, PlayedRecording recording)
    {
        var video = recording.Description.Tracks.FirstOrDefault(track => track.Kind == TrackKind.Video);
        var sound = recording.Description.Tracks.FirstOrDefault(track => track.Kind == TrackKind.Audio);
        return new EditAngle
        {
            Name = number == 0 ? angle.Angle : $"{angle.Angle} ({number + 1})",
            CameraId = angle.Recorder.Value,
            CameraName = angle.Camera,
            Reel = angle.Reel,
            FileName = file,
            Start = report.TimeCode,
            Frames = report.Length,
            Width = video?.Width ?? 0,
            Height = video?.Height ?? 0,
            Sound = sound is { Channels: > 0, SampleRate: > 0 } && report.Sound.Count > 0 ? new AngleSound(sound.Channels, sound.SampleRate) : null,
            LargestShift = report.LargestShift.Duration(),
            Encoding = report.Encoded is { } encoded ? new AngleEncoding(EditEncoding.Codec, encoded.Quality, report.MeasuredRate, encoded.Repeated, encoded.Dropped) : null,
            Holes = [.. report.Holes.Select(hole => new AngleHole(hole.Places.Place, hole.Places.Length, "Nothing was recorded.", hole.Shown == EditHoles.Black))],
        };
    }

    private sealed class Forward(Action<EditProgress> report) : IProgress<EditProgress>
    {
        public void Report(EditProgress value) => report(value);
    }
}
