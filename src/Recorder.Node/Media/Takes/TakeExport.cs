using System.Collections.Immutable;
using System.Security.Cryptography;
using Recorder.Media.Export;
using Recorder.Media.Export.Editing;
using Recorder.Media.Interchange;

namespace Recorder.Node.Media;

/// <summary>How a take is exported for an editor.</summary>
internal sealed record TakeExportOptions(EditContainer Container, EditHoles Holes, bool Overwrite);

/// <summary>A file of an export, or why there is none.</summary>
/// <param name="Report">What was written; null for a file that is not media.</param>
/// <param name="Problem">Why it was not written; null when it was.</param>
internal sealed record ExportedFile(string Name, EditFileReport? Report = null, string? Problem = null);

/// <summary>
/// Exports a take from its data folder: a file for each recording of each angle, all by the take's time code, and beside them what editors import.
/// </summary>
internal sealed class TakeExport(Take take, MediaLibrary library, string folder, TakeExportOptions options)
{
    private readonly TakeTimeCode _timeCode = new(take);
    private readonly List<EditAngle> _angles = [];
    private readonly List<string> _written = [];

    /// <summary>Writes the files one after another.</summary>
    /// <param name="progress">Gets the name of the file and its progress.</param>
    public async IAsyncEnumerable<ExportedFile> WriteAsync(
        Action<string, EditProgress> progress, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var angle in take.Angles)
        {
            if (angle.Recordings.Count == 0)
                yield return new ExportedFile(angle.Name, Problem: $"Recorder {angle.Recorder} has recorded nothing of the take.");

            for (var number = 0; number < angle.Recordings.Count; number++)
                yield return await WriteAngleAsync(angle, number, progress, cancellationToken);
        }

        if (_angles.Count > 0)
        {
            foreach (var file in await Task.Run(WriteProjects, cancellationToken))
                yield return file;
        }
    }

    // The name of a second recording must not be that of another angle.
    private string NameOf(TakeAngle angle, int number)
    {
        var name = angle.Name;
        for (var suffix = number + 1; number > 0 && (name == angle.Name || take.Angles.Any(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase))); suffix++)
            name = $"{angle.Name}_{suffix}";

        return $"{name}.{(options.Container == EditContainer.Mp4 ? "mp4" : "mov")}";
    }

    private async Task<ExportedFile> WriteAngleAsync(TakeAngle angle, int number, Action<string, EditProgress> progress, CancellationToken cancellationToken)
    {
        var name = NameOf(angle, number);
        try
        {
            var recording = library.Open($"{angle.Recorder}~{angle.Recordings[number]}");
            var plan = await ExportEndpoints.PlanOfAsync(recording, null, null, library, cancellationToken);
            if (plan is null)
                return new ExportedFile(name, Problem: "Nothing was recorded.");

            var clock = await RecordingClock.ReadAsync(library, recording, number == 0 ? angle.Times : null, cancellationToken);
            var file = new EditFileOptions
            {
                Container = options.Container,
                Holes = options.Holes,
                Overwrite = options.Overwrite,
                TimeCode = (rate, begin) => _timeCode.Of(rate, clock.WallOf(begin) ?? take.At!.Value),
                Metadata = MetadataOf(angle, Path.GetFileNameWithoutExtension(name), clock.WallOf(plan.From) ?? take.At!.Value),
            };
            var report = await Task.Run(() => Write(plan, file, name, progress, cancellationToken), cancellationToken);
            _written.Add(name);
            _angles.Add(AngleOf(angle, number, name, report, recording));
            return new ExportedFile(name, report);
        }
        catch (EditExportException refused)
        {
            return new ExportedFile(name, Problem: refused.Message);
        }
        catch (ProblemException refused)
        {
            return new ExportedFile(name, Problem: refused.Problem.Detail);
        }
    }

    // A few seconds do not tell 29.97 from 30: the take's rate is tried first, then what the camera's frames say.
    private EditFileReport Write(ExportPlan plan, EditFileOptions file, string name, Action<string, EditProgress> progress, CancellationToken cancellationToken)
    {
        var (path, forward) = (Path.Combine(folder, name), new Forward(done => progress(name, done)));
        try
        {
            return EditExport.Write(plan, file with { Rate = _timeCode.Rate }, path, forward, cancellationToken);
        }
        catch (EditExportException refused) when (refused.Error == EditError.OtherRate)
        {
            return EditExport.Write(plan, file, path, forward, cancellationToken);
        }
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
            Holes = [.. report.Holes.Select(hole => new AngleHole(hole.Places.Place, hole.Places.Length, "Nothing was recorded.", hole.Shown == EditHoles.Black))],
        };
    }

    private List<ExportedFile> WriteProjects()
    {
        var files = new List<ExportedFile>();
        var title = $"{take.Slate.Scene} take {take.Slate.Take}";
        var edit = EditOf(title);
        var file = SlateFile();
        Write($"{file}.otio", stream => OtioWriter.Write(edit, stream));
        Write($"{file}.fcpxml", stream => FcpxmlWriter.Write(edit, new Uri(Path.GetFullPath(folder) + Path.DirectorySeparatorChar), stream));
        if (edit.Marks.Length > 0)
        {
            for (var part = 0; part < MarkerEdlWriter.Parts(edit); part++)
            {
                var current = part;
                Write($"{file}{(part > 0 ? $"_{part + 1}" : "")}.edl", stream =>
                {
                    using var text = new StreamWriter(stream, leaveOpen: true);
                    MarkerEdlWriter.Write(edit, text, current);
                });
            }
        }

        ImmutableArray<ManifestFile> manifest = [.. _written.Select(Describe)];
        Write($"{file}.json", stream => ManifestWriter.Write(edit, manifest, stream));
        return files;

        void Write(string name, Action<Stream> write)
        {
            try
            {
                using (var stream = new FileStream(Path.Combine(folder, name), options.Overwrite ? FileMode.Create : FileMode.CreateNew))
                    write(stream);

                if (!name.EndsWith(".json", StringComparison.Ordinal))
                    _written.Add(name);

                files.Add(new ExportedFile(name));
            }
            catch (EditTakeException refused)
            {
                File.Delete(Path.Combine(folder, name));
                files.Add(new ExportedFile(name, Problem: refused.Message));
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                files.Add(new ExportedFile(name, Problem: failed.Message));
            }
        }
    }

    private EditTake EditOf(string title)
    {
        // Those of another rate are files, and cannot be on the timeline.
        var angles = _angles.Where(angle => angle.Start.Rate == _timeCode.Rate && angle is { Width: > 0, Height: > 0 }).ToImmutableArray();
        var start = angles.Length == 0 ? _timeCode.Of(take.At!.Value) : angles.MinBy(angle => _timeCode.FramesFromMoment(angle.Start))!.Start;
        var length = angles.Length == 0 ? 0 : angles.Max(angle => _timeCode.FramesFromMoment(angle.Start) - _timeCode.FramesFromMoment(start) + angle.Frames);
        return new EditTake
        {
            Name = title,
            Project = take.Slate.Project,
            Scene = take.Slate.Scene,
            Shot = take.Slate.Shot,
            Take = take.Slate.Take,
            Notes = take.Slate.Notes,
            Rating = take.Slate.Rating switch { TakeRating.Good => EditRating.Good, TakeRating.NoGood => EditRating.NoGood, TakeRating.Circled => EditRating.Circled, _ => EditRating.None },
            Start = start,
            Frames = length,
            Angles = angles,
            Marks =
            [
                // A mark that was made as the take began or ended is on the first or the last frame.
                .. take.Marks.Select(mark => new EditMark(
                    Math.Clamp(_timeCode.Rate.FramesIn(mark.At - take.At!.Value) - _timeCode.FramesFromMoment(start), 0, Math.Max(0, length - 1)), mark.Name, ColourOf(mark.Colour), mark.Note))
                    .OrderBy(mark => mark.At),
            ],
        };
    }

    // Of OpenTimelineIO's eleven colours, the nearest.
    private static MarkColour ColourOf(string? colour) => colour switch
    {
        null => MarkColour.Blue,
        "rose" => MarkColour.Pink,
        "lavender" => MarkColour.Purple,
        "sky" => MarkColour.Cyan,
        "mint" => MarkColour.Green,
        "lemon" => MarkColour.Yellow,
        _ => Enum.TryParse<MarkColour>(colour, ignoreCase: true, out var known) ? known : MarkColour.Blue,
    };

    private string SlateFile()
    {
        var project = take.Slate.Project.Length > 0 ? take.Slate.Project + "_" : "";
        return $"{project}{take.Slate.Scene}_{take.Slate.Take}";
    }

    private ManifestFile Describe(string name)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new ManifestFile(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private sealed class Forward(Action<EditProgress> report) : IProgress<EditProgress>
    {
        public void Report(EditProgress value) => report(value);
    }
}
