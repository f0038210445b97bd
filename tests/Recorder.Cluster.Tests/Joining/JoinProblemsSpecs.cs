using Microsoft.Extensions.Logging;
using Recorder.Cluster.Runtime;
using Recorder.Cluster.Tests.ControlPlane;
using Recorder.Cluster.Tests.Harness;

namespace Recorder.Cluster.Tests.Joining;

/// <summary>A node says once why it does not join another, however often it asks.</summary>
public sealed class JoinProblemsSpecs
{
    private static readonly GreetingProblem Away = new("does not answer", IsAway: true);
    private static readonly GreetingProblem Plain = new("answers, but is no node of a cluster");

    private readonly LogOfPlanes _log = new();
    private readonly SpecClock _clock = new();
    private readonly JoinProblems _problems;

    public JoinProblemsSpecs() => _problems = new JoinProblems(new LoggerFactory([_log.For("n1")]).CreateLogger("Cluster"), _clock);

    [Fact]
    public void A_reason_is_said_once_when_it_has_stood_and_again_when_another_has()
    {
        Take(Away, seconds: 1);
        _problems.Current.ShouldBeEmpty("nodes that start together find each other within a moment");
        Take(Away, seconds: 30);
        Said.ShouldBe(["b:1 does not answer"]);
        _problems.Current.ShouldBe([("b:1", "does not answer")]);

        Take(Plain, seconds: 30);
        Said.ShouldBe(["b:1 does not answer", "b:1 answers, but is no node of a cluster"]);
        _problems.Current.ShouldBe([("b:1", "answers, but is no node of a cluster")]);

        Take(null, seconds: 1);
        _problems.Current.ShouldBeEmpty();
    }

    [Fact]
    public void Reasons_that_alternate_are_said_once_each_in_ten_minutes()
    {
        for (var time = 0; time < 10; time++)
        {
            Take(Away, seconds: 5);
            Take(Plain, seconds: 5);
        }

        Said.Count().ShouldBe(2);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Take(Away, seconds: 5);
        Said.Count().ShouldBe(3);
    }

    private IEnumerable<string> Said => _log.Lines.Select(line => line[line.IndexOf("b:1", StringComparison.Ordinal)..].TrimEnd());

    // As often as a node asks.
    private void Take(GreetingProblem? problem, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _problems.Take("b:1", problem);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
