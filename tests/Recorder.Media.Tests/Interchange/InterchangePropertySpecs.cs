using System.Globalization;
using Recorder.Contracts;
using Recorder.Media.Interchange;

namespace Recorder.Media.Tests.Interchange;

/// <summary>Seeded takes of 1 to 30 angles at every rate: whatever the take is, the files keep their rules and say what it says.</summary>
public sealed class InterchangePropertySpecs
{
    private const int TakesPerRate = 20;

    public static TheoryData<string, bool> Countings()
    {
        var all = new TheoryData<string, bool>();
        foreach (var (rate, dropFrame) in Takes.Countings)
            all.Add(rate.ToString(), dropFrame);

        return all;
    }

    [Theory]
    [MemberData(nameof(Countings))]
    public void An_otio_file_keeps_its_rules_and_shows_of_each_angle_the_frames_that_the_take_has(string rate, bool dropFrame)
    {
        foreach (var take in Random(rate, dropFrame))
        {
            var text = Takes.Otio(take);

            OtioRules.Check(text).ShouldBeEmpty();
            var read = new OtioTimeline(text);
            read.Tracks("Video").ShouldBe(take.Angles.Select(angle => angle.Name));
            var heard = take.Angles.Where(angle => angle.Sound is not null).ToList();
            read.Tracks("Audio").ShouldBe(heard.Select(angle => angle.Name));
            read.Marks().ShouldBe(Expected.Marks(take, allHoles: false));
            foreach (var (angle, index) in take.Angles.Select((angle, index) => (angle, index)))
            {
                Shown(take, angle, at => read.FrameAt(index, at)).ShouldBe(Shown(take, angle, at => Expected.FrameAt(take, angle, at)));
                if (heard.IndexOf(angle) is var sound and >= 0)
                    Shown(take, angle, at => read.FrameAt(sound, at, "Audio")).ShouldBe(Shown(take, angle, at => Expected.FrameAt(take, angle, at)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Countings))]
    public void An_fcpxml_file_keeps_its_rules_and_shows_of_each_angle_the_frames_that_the_take_has(string rate, bool dropFrame)
    {
        foreach (var take in Random(rate, dropFrame))
        {
            var text = Takes.Fcpxml(take);

            FcpxmlRules.Check(text).ShouldBeEmpty();
            var read = new FcpxmlTimeline(text);
            read.Angles.ShouldBe(take.Angles.Select(angle => angle.Name));
            var end = Expected.End(take);
            read.Marks().ShouldBe(Expected.Marks(take, allHoles: false)
                .Select(mark => mark.At < end && mark.At + mark.Frames > end ? mark with { Frames = end - mark.At } : mark)
                .OrderBy(mark => mark.At).ThenBy(mark => mark.Frames));
            foreach (var (angle, index) in take.Angles.Select((angle, index) => (angle, index)))
                Shown(take, angle, at => read.FrameAt(index, at)).ShouldBe(Shown(take, angle, at => Expected.FrameAt(take, angle, at)));
        }
    }

    [Theory]
    [MemberData(nameof(Countings))]
    public void A_marker_edl_keeps_its_rules_and_has_every_mark_and_hole_or_is_refused_at_midnight(string rate, bool dropFrame)
    {
        var (written, refused) = (0, 0);
        foreach (var take in Random(rate, dropFrame))
        {
            var left = EditTake.DayOf(take.Start) - take.Start.Frame - 1;
            if (Expected.Marks(take, allHoles: true).Any(mark => mark.At >= left))
            {
                Should.Throw<EditTakeException>(() => Takes.Edl(take)).Kind.ShouldBe(EditProblemKind.MarkAfterMidnight);
                refused++;
                continue;
            }

            var read = EdlRules.Check(Takes.Edl(take), take.Start, take.Frames);
            read.Broken.ShouldBeEmpty();
            read.Markers.Select(mark => new PlacedMark(mark.At, mark.Frames)).OrderBy(mark => mark.At).ThenBy(mark => mark.Frames)
                .ShouldBe(Expected.Marks(take, allHoles: true));
            written++;
        }

        written.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
    }

    private static string Shown(EditTake take, EditAngle angle, Func<long, long?> frameAt) => string.Join(
        '\n', Expected.Places(take, angle).Select(at => $"angle {angle.Name} shows {frameAt(at)?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} at {at}"));

    private static IEnumerable<EditTake> Random(string rate, bool dropFrame)
    {
        TimeCodeRate.TryParse(rate, out var parsed).ShouldBeTrue();
        return Enumerable.Range(0, TakesPerRate).Select(seed => Takes.Random(seed, parsed, dropFrame));
    }
}
