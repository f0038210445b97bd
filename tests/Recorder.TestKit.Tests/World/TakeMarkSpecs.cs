using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Testing.Tests;

/// <summary>Marks of takes, in virtual time.</summary>
public sealed class TakeMarkSpecs : RecorderSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Marks_keep_their_moments()
    {
        var take = ArmTake(CreateRecorder(Source("left")));
        Clock.Advance(2 * Second);
        take.Send(new TakeProtocol.Mark(take.Id, "clap")).ShouldBeOfType<TakeProtocol.Refused>().Error.Message.ShouldContain("has not begun");
        take.Start();
        Clock.Advance(2 * Second);

        var marked = take.Send(new TakeProtocol.Mark(take.Id, "clap") { Colour = "red" }).ShouldBeOfType<Take>();

        var mark = marked.Marks.ShouldHaveSingleItem();
        (mark.At, mark.Name, mark.Colour).ShouldBe((Clock.GetUtcNow(), "clap", "red"));
    }

    [Fact]
    public void A_mark_of_now_is_on_each_recording_too_and_one_of_the_past_is_the_takes_alone()
    {
        var recorders = new[] { CreateRecorder(Source("left")), CreateRecorder(Source("right")) };
        var take = ArmTake(recorders);
        Clock.Advance(2 * Second);
        take.Start();
        Clock.Advance(2 * Second);

        take.Send(new TakeProtocol.Mark(take.Id, "clap"));
        take.Send(new TakeProtocol.Mark(take.Id, "just now") { At = Clock.GetUtcNow() - (0.5 * Second) });
        take.Send(new TakeProtocol.Mark(take.Id, "long ago") { At = Clock.GetUtcNow() - (1.5 * Second) });
        take.Send(new TakeProtocol.Mark(take.Id, "to come") { At = Clock.GetUtcNow() + Second });
        Clock.Advance(Second);

        foreach (var recorder in recorders)
        {
            recorder.Events.OfType<Marked>().First().MediaTime.ShouldBeGreaterThan(Second);
            recorder.Events.OfType<Marked>().Select(mark => mark.Label).ShouldBe(["clap", "just now"]);
        }

        take.Now.Marks.Count.ShouldBe(4);
        take.Stop();
        take.Send(new TakeProtocol.Mark(take.Id, "late")).ShouldBeOfType<Take>().Marks.Count.ShouldBe(5);
        recorders[0].Events.OfType<Marked>().Count().ShouldBe(2);
    }
}
