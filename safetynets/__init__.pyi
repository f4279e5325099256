from safetynets.api.alerts import Alert as Alert
from safetynets.api.alerts import Alerts as Alerts
from safetynets.api.explanation import Explanation as Explanation
from safetynets.api.explanation import explain as explain
from safetynets.api.judging import JudgedSet as JudgedSet
from safetynets.api.judging import JudgedSets as JudgedSets
from safetynets.api.judging import judge as judge
from safetynets.api.judging import judge_many as judge_many
from safetynets.api.run import Run as Run
from safetynets.api.run import list_scenarios as list_scenarios
from safetynets.api.run import replay as replay
from safetynets.api.run import run_scenario as run_scenario
from safetynets.api.site import Site as Site
from safetynets.api.site import list_sites as list_sites
from safetynets.api.site import load_site as load_site
from safetynets.api.tracks import Tracks as Tracks
from safetynets.api.tracks import read_tracks as read_tracks
from safetynets.api.words import list_rule_sets as list_rule_sets
from safetynets.api.words import say as say

__version__: str
